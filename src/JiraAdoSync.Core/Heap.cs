using System.Runtime;

namespace JiraAdoSync;

/// <summary>
/// Takes memory back in a large run. What is read, planned and written lives just long enough that the collector takes
/// it for something that stays: it looks at it late, and leaves holes that nothing else fits into.
/// </summary>
internal sealed class Heap
{
    /// <summary>Fewer issues leave little behind.</summary>
    private const int Many = 50_000;

    /// <summary>A heap of less is no burden.</summary>
    private const long Large = 128 << 20;

    private long _inUse = Math.Max(Large, GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes);

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
    /// Takes back what has been let go since the last time, where the heap has grown by a quarter. So it is done the more
    /// rarely the more it costs.
    /// </summary>
    public void TrimGrowth()
    {
        if (GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes > _inUse + (_inUse / 4))
        {
            Compact();
            _inUse = Math.Max(Large, GC.GetGCMemoryInfo(GCKind.FullBlocking).HeapSizeBytes);
        }
    }

    private static void Compact()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
