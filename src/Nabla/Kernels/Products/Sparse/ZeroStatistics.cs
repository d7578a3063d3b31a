using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// Where a matrix has something other than zeros. Four pixels of five of a handwritten digit are 0, most of them side by side; a product has nothing to add
/// there, so its kernels pass over such places.
/// </summary>
/// <remarks>
/// To a chain of multiply-adds, 0·w adds nothing if w is finite, but that it makes 0 of −0, which a chain can be after a product too small for a float32. Every kernel
/// adds 0 at the end, so a result has the same bits with and without what was passed over. (In the data, −0 counts as something other than zero: it has a bit.) But 0·∞ and
/// 0·NaN, which are NaN, may be passed over, too; whether they are, depends on how many zeros there are, also in rows beside.
/// </remarks>
internal static unsafe class ZeroStatistics
{
    /// <summary>Numbers in a row from which it is worth while to look for zeros.</summary>
    public const int LeastLength = 128;

    private const int Looked = 3, LookedForSingle = 8;  // rows that say whether zeros are many

    /// <summary>
    /// Whether it is worth while to look for zeros in a matrix whose rows are in order: whether, in a few of its rows, a quarter or more of all groups of
    /// sixteen numbers are nothing but zeros.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static bool AreFew(float* start, int rows, int length) => length >= LeastLength && Processor.Current switch
    {
        InstructionSet.Avx512 => AreFew<Lanes512>(start, rows, length),
        InstructionSet.Avx2 => AreFew<Lanes256>(start, rows, length),
        _ => AreFew<Lanes128>(start, rows, length),
    };

    /// <summary>
    /// Whether, in a few rows of a matrix whose rows are in order, so many eighths of all numbers, or fewer, are not 0. Of rows that are shorter than sixteen numbers, it says no.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static bool AreSparse(float* start, int rows, int length, int eighths) => Processor.Current switch
    {
        InstructionSet.Avx512 => AreSparse<Lanes512>(start, rows, length, eighths),
        InstructionSet.Avx2 => AreSparse<Lanes256>(start, rows, length, eighths),
        _ => AreSparse<Lanes128>(start, rows, length, eighths),
    };

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool AreFew<V>(float* start, int rows, int length) where V : struct, IVectorLanes<V>
    {
        int groups = length / IVectorLanes<V>.Count, looked = Math.Min(rows, Looked), count = 0;
        for (var i = 0; i < looked; i++)
        {
            var row = start + (nint)rows * i / looked * length;
            for (var group = 0; group < groups; group++)
                count += OneIfAny(V.NonZero(V.Load(row + group * IVectorLanes<V>.Count)));
        }
        return 4L * count <= 3L * groups * looked;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool AreSparse<V>(float* start, int rows, int length, int eighths) where V : struct, IVectorLanes<V>
    {
        int groups = length / IVectorLanes<V>.Count, looked = Math.Min(rows, LookedForSingle), count = 0;
        for (var i = 0; i < looked; i++)
        {
            var row = start + (nint)rows * i / looked * length;
            for (var group = 0; group < groups; group++)
                count += BitOperations.PopCount(V.NonZero(V.Load(row + group * IVectorLanes<V>.Count)));
        }
        return groups > 0 && 8L * count <= (long)eighths * groups * IVectorLanes<V>.Count * looked;
    }

    /// <summary>1 for all below 2³¹ but 0, without a branch that a processor could foresee wrongly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int OneIfAny(uint bits) => (int)((0 - bits) >> 31);
}
