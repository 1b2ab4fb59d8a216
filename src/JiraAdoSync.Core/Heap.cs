using System.Runtime;

namespace JiraAdoSync;

/// <summary>
/// Takes memory back in a large run. What is read, planned and written lives just long enough that the collector takes
/// it for something that stays: it looks at it late, and leaves holes that nothing else fits into.
/// </summary>
internal sealed class Heap
{
    /// <summary>Fewer issues leave little behind.</summary>
    private const int Many = 5000;

    /// <summary>A heap of less is no burden.</summary>
    private const long Large = 64 << 20;

    private long _holes;

    /// <summary>Takes back what a step worked with, before the next one begins.</summary>
    /// <param name="issues">How many issues the step was about.</param>
    public static void Trim(int issues)
    {
        if (issues >= Many)
        {
            Compact();
        }
    }

    /// <summary>
    /// Closes the holes where they are a third of the heap. So it is done the more rarely the more it costs.
    /// </summary>
    public void CloseHoles()
    {
        var heap = GC.GetGCMemoryInfo(GCKind.Any);
        if (heap.HeapSizeBytes >= Large && heap.FragmentedBytes - _holes > heap.HeapSizeBytes / 3)
        {
            Compact();
            // Some can't be closed.
            _holes = GC.GetGCMemoryInfo(GCKind.FullBlocking).FragmentedBytes;
        }
    }

    private static void Compact()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
    }
}
