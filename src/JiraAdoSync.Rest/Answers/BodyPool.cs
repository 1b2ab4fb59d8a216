using System.Buffers;

namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// Arrays for the bodies of requests and answers, which are large and many. The shared pool keeps some of each size for
/// every thread that ever gave one back: that was more memory than all else that a small run needs.
/// </summary>
internal static class BodyPool
{
    /// <summary>A larger array is not kept: few bodies need one.</summary>
    private const int LargestKept = 4 << 20;

    /// <summary>As many as are under way at once of one size.</summary>
    private const int MostKept = 6;

    public static ArrayPool<byte> Arrays { get; } = ArrayPool<byte>.Create(LargestKept, MostKept);
}
