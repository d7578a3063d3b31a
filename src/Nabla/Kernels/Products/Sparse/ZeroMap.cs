using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Kernels;

/// <summary>
/// A map of the nonzero values in the rows of a batch: one bit for each group of eight adjacent values, 1 if any of
/// them is not 0. In MNIST, two fifths of the bits are 1.
/// </summary>
/// <remarks>
/// A narrow layer adds up in sixteen lanes, and eight lanes are half of them, so the map separates the groups by
/// their half: a row has pairs of words, one pair for 1024 values. Bit h of the first word of pair p stands for
/// values 1024 p + 16 h to 1024 p + 16 h + 7, and bit h of the second word for the next eight. Bits beyond the row
/// are 0.
/// </remarks>
internal static unsafe class ZeroMap
{
    /// <summary>The number of values that share a bit.</summary>
    public const int Group = 8;

    /// <summary>The number of bits in a word.</summary>
    public const int Bits = 64;

    /// <summary>
    /// Whether rows of this length can have a map: they must consist of whole groups, and be long enough to benefit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Suits(int length) => length >= ZeroStatistics.LeastLength && length % Group == 0;

    /// <summary>The number of words in the map of a row: two for every 1024 values.</summary>
    public static int Words(int length) => 2 * ((length - 1) / (2 * Group * Bits) + 1);

    /// <summary>The index of the bit of a group, counted through the words of a map.</summary>
    public static int Place(int group) => group / (2 * Bits) * (2 * Bits) + group % 2 * Bits + group / 2 % Bits;

    /// <summary>
    /// Whether using the map is worthwhile: whether at least three eighths of the groups are zero. (Measured: with a
    /// quarter, it takes as long as without the map.)
    /// </summary>
    public static bool IsSparse(ulong* map, int rows, int length)
    {
        var count = 0;
        for (var left = rows * Words(length); left > 0; left--)
            count += BitOperations.PopCount(*map++);
        return 8L * Group * count <= 5L * rows * length;
    }

    /// <summary>Builds the map of consecutive rows, if a buffer for it is given.</summary>
    public static void Find(ReadOnlySpan<float> a, int rows, int length, Span<ulong> map)
    {
        fixed (float* pa = a)
        fixed (ulong* pMap = map)
            if (pMap != null)
                Find(pa, rows, length, pMap);
    }

    /// <summary>Builds the map of consecutive rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Find(float* a, int rows, int length, ulong* map) =>
        Dispatch.Run(new Finding(a, rows, length, map));

    private readonly struct Finding(float* a, int rows, int length, ulong* map) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => Find<Numbers<V>>((byte*)a, rows, length, map);
    }

    /// <summary>Builds the map of a row that consists of these bytes times a scale.</summary>
    public static void Find(byte* bytes, int length, ulong* map) => Find<Bytes>(bytes, 1, length, map);

    /// <summary>
    /// Transposes the maps of up to 64 rows: bit i of a word of the result is 1 if row i has a nonzero value in a
    /// group. The words are in the order that the bits of the groups had, 64 for each word of a map.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ulong* map, int rows, int length, ulong* transposed)
    {
        var words = Words(length);
        new Span<ulong>(transposed, words * Bits).Clear();
        var eight = stackalloc ulong[8];
        for (var word = 0; word < words; word++, transposed += Bits)
        {
            var used = Math.Min(Bits, (length / Group - word / 2 * 2 * Bits + 1) / 2);
            for (var first = 0; first < rows; first += 8)
            {
                for (var i = 0; i < 8; i++)
                    eight[i] = first + i < rows ? map[(first + i) * words + word] : 0;
                var bits = Vector512.Load(eight) << (Bits - used);
                for (var to = (byte*)(transposed + used - 1) + first / 8;
                    to >= transposed;
                    to -= sizeof(ulong), bits += bits)
                    *to = (byte)bits.ExtractMostSignificantBits();
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Find<TSource>(byte* from, int rows, int length, ulong* map) where TSource : struct, ISource
    {
        for (; rows > 0; rows--)
            for (var left = length; left > 0; map += 2)
            {
                ulong lower = 0, upper = 0;
                var sixteen = 0;
                for (; left >= 64 && sixteen < Bits; left -= 64, sixteen += 4, from += 64 * TSource.Size)
                {
                    var some = TSource.FourSixteens(from);
                    lower |= (ulong)(some & 0b1111) << sixteen;
                    upper |= (ulong)(some >> 4) << sixteen;
                }
                for (var group = 2 * sixteen;
                    left > 0 && group < 2 * Bits;
                    left -= Group, group++, from += Group * TSource.Size)
                    if (group % 2 == 0)
                        lower |= TSource.One(from) << group / 2;
                    else
                        upper |= TSource.One(from) << group / 2;
                (map[0], map[1]) = (lower, upper);
            }
    }

    /// <summary>What a map is made of.</summary>
    private interface ISource
    {
        /// <summary>Bytes of a number.</summary>
        public static abstract int Size { get; }

        /// <summary>Of 64 numbers, a bit for the lower half of each sixteen, then one for each upper half.</summary>
        public static abstract uint FourSixteens(byte* from);

        /// <summary>The bit of one group.</summary>
        public static abstract ulong One(byte* from);
    }

    private readonly struct Numbers<V> : ISource where V : struct, IVectorLanes<V>
    {
        public static int Size => sizeof(float);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint FourSixteens(byte* from)
        {
            var a = (float*)from;
            return V.NonZeroHalves(V.Load(a), V.Load(a + 16), V.Load(a + 32), V.Load(a + 48));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong One(byte* from) => V.NonZero(V.Load((float*)from, V.FirstN(Group))) == 0 ? 0ul : 1;
    }

    private readonly struct Bytes : ISource
    {
        public static int Size => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint FourSixteens(byte* from)
        {
            var halves = Vector512.Shuffle(Vector512.Load((ulong*)from), Vector512.Create(0ul, 2, 4, 6, 1, 3, 5, 7));
            return (uint)~Vector512.Equals(halves, Vector512<ulong>.Zero).ExtractMostSignificantBits() & 0xFF;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong One(byte* from) => *(ulong*)from == 0 ? 0ul : 1;
    }
}
