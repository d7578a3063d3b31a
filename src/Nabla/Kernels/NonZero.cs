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
/// 0·NaN, which are NaN, may be passed over, too; whether they are, depends on the rows beside, the instruction set and the threads.
/// </remarks>
internal static unsafe class NonZero
{
    /// <summary>Numbers in a row from which it is worth while to look for zeros.</summary>
    public const int LeastLength = 128;

    private const int Looked = 3;                       // rows that say whether zeros are many

    [ThreadStatic]
    private static int[]? places;

    /// <summary>Room for the lists of one product, which the thread that starts it keeps, and which does not move.</summary>
    public static int* Room(int length)
    {
        if (places is null || places.Length < length)
            places = GC.AllocateUninitializedArray<int>(length, pinned: true);
        return (int*)Unsafe.AsPointer(ref places[0]);
    }

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

    /// <summary>Lists the k below <paramref name="depth"/> where a[i·row + k], of any row i, is not zero.</summary>
    /// <returns>How many they are.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int Columns(float* a, nint row, int rows, int depth, int* list) => Processor.Current switch
    {
        InstructionSet.Avx512 => Columns<Lanes512>(a, row, rows, depth, list),
        InstructionSet.Avx2 => Columns<Lanes256>(a, row, rows, depth, list),
        _ => Columns<Lanes128>(a, row, rows, depth, list),
    };

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool AreFew<V>(float* start, int rows, int length) where V : struct, ILanes<V>
    {
        int groups = length / ILanes<V>.Count, looked = Math.Min(rows, Looked), count = 0;
        for (var i = 0; i < looked; i++)
        {
            var row = start + (nint)rows * i / looked * length;
            for (var group = 0; group < groups; group++)
                count += OneIfAny(V.NonZero(V.Load(row + group * ILanes<V>.Count)));
        }
        return 4L * count <= 3L * groups * looked;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Columns<V>(float* a, nint row, int rows, int depth, int* list) where V : struct, ILanes<V>
    {
        var count = 0;
        for (var k = 0; k < depth; k += ILanes<V>.Count)
            for (var any = Any<V>(a + k, row, rows, depth - k); any != 0; any &= any - 1)
                list[count++] = k + BitOperations.TrailingZeroCount(any);
        return count;
    }

    /// <summary>A bit for each of up to sixteen columns, as many as are left: whether a row has something there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Any<V>(float* a, nint row, int rows, int left) where V : struct, ILanes<V>
    {
        if (left < ILanes<V>.Count)
        {
            var marked = V.First(left);
            var part = V.Load(a, marked);
            for (var i = 1; i < rows; i++)
                part = V.OrBits(part, V.Load(a += row, marked));
            return V.NonZero(part);
        }
        var all = V.Load(a);
        for (var i = 1; i < rows; i++)
            all = V.OrBits(all, V.Load(a += row));
        return V.NonZero(all);
    }

    /// <summary>1 for all below 2³¹ but 0, without a branch that a processor could foresee wrongly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int OneIfAny(uint bits) => (int)((0 - bits) >> 31);
}
