using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// Decides from a few rows whether a matrix has many zeros. Four of five pixels of a handwritten digit are 0, most of
/// them side by side; they add nothing to a product, so the sparse kernels skip them.
/// </summary>
/// <remarks>
/// To a chain of multiply-adds, 0·w adds nothing if w is finite, except that it turns −0 into 0; and a chain can be −0
/// after a product too small for a float32. Every kernel adds 0 at the end, so a result has the same bits whether or
/// not zeros were skipped. (In the data, −0 counts as nonzero: it has a bit.) But 0·∞ and 0·NaN, which are NaN, may be
/// skipped too. Whether they are depends on how many zeros there are, also in other rows.
/// </remarks>
internal static unsafe class ZeroStatistics
{
    /// <summary>The length of a row from which it is worth while to look for zeros.</summary>
    public const int LeastLength = 128;

    private const int SampledForGroups = 3, SampledForElements = 8;     // rows

    /// <summary>
    /// Whether, in a sample of three rows of a matrix stored row after row, a quarter or more of all groups of sixteen
    /// values are nothing but zeros, so that a <see cref="ZeroMap"/> is worth making.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static bool AreFew(float* start, int rows, int length) =>
        length >= LeastLength && Dispatch.Run<FewGroups, bool>(new(start, rows, length));

    /// <summary>
    /// Whether, in a sample of eight rows of a matrix stored row after row, at most <paramref name="eighths"/> eighths
    /// of all values are not 0. It returns false for rows shorter than sixteen.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static bool AreSparse(float* start, int rows, int length, int eighths) =>
        Dispatch.Run<FewElements, bool>(new(start, rows, length, eighths));

    private readonly struct FewGroups(float* start, int rows, int length) : IForLanes<bool>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        bool IForLanes<bool>.Run<V>() => AreFew<V>(start, rows, length);
    }

    private readonly struct FewElements(float* start, int rows, int length, int eighths) : IForLanes<bool>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        bool IForLanes<bool>.Run<V>() => AreSparse<V>(start, rows, length, eighths);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool AreFew<V>(float* start, int rows, int length) where V : struct, IVectorLanes<V>
    {
        int groups = length / IVectorLanes<V>.Count, sampled = Math.Min(rows, SampledForGroups), count = 0;
        for (var i = 0; i < sampled; i++)
        {
            var row = start + (nint)rows * i / sampled * length;
            for (var group = 0; group < groups; group++)
                count += OneIfAny(V.NonZero(V.Load(row + group * IVectorLanes<V>.Count)));
        }
        return 4L * count <= 3L * groups * sampled;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool AreSparse<V>(float* start, int rows, int length, int eighths) where V : struct, IVectorLanes<V>
    {
        int groups = length / IVectorLanes<V>.Count, sampled = Math.Min(rows, SampledForElements), count = 0;
        for (var i = 0; i < sampled; i++)
        {
            var row = start + (nint)rows * i / sampled * length;
            for (var group = 0; group < groups; group++)
                count += BitOperations.PopCount(V.NonZero(V.Load(row + group * IVectorLanes<V>.Count)));
        }
        return groups > 0 && 8L * count <= (long)eighths * groups * IVectorLanes<V>.Count * sampled;
    }

    /// <summary>0 for 0, 1 for any other value below 2³¹, without a branch that could be predicted wrongly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int OneIfAny(uint bits) => (int)((0 - bits) >> 31);
}
