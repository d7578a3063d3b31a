using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Kernels;

/// <summary>
/// Where the rows of a batch have something other than zeros: a bit for every eight numbers side by side, 1 if any of them is not 0. Of the bits of MNIST, two of five are 1.
/// </summary>
/// <remarks>
/// Eight lanes are half of the sixteen in which a narrow layer adds up, so the groups of eight are kept apart by their half: a row has pairs of words, one pair for 1024 numbers.
/// Bit h of the first word of pair p stands for numbers 1024 p + 16 h to 1024 p + 16 h + 7, bit h of the second word for the eight that follow. Bits beyond the row are 0.
/// </remarks>
internal static unsafe class ZeroMap
{
    /// <summary>How many numbers share a bit.</summary>
    public const int Group = 8;

    /// <summary>How many bits a word has.</summary>
    public const int Bits = 64;

    /// <summary>Whether rows of this length can have a map: they must consist of whole groups, and it must be worth while.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Suits(int length) => length >= ZeroStatistics.LeastLength && length % Group == 0;

    /// <summary>How many words the map of a row takes: two for every 1024 numbers.</summary>
    public static int Words(int length) => 2 * ((length - 1) / (2 * Group * Bits) + 1);

    /// <summary>Where the bit of a group is, counting through the words of a map.</summary>
    public static int Place(int group) => group / (2 * Bits) * (2 * Bits) + group % 2 * Bits + group / 2 % Bits;

    /// <summary>Whether it is worth while to go by a map: whether three eighths of the groups or more are blank. (Measured: with a quarter, it takes as long as without.)</summary>
    public static bool IsSparse(ulong* map, int rows, int length)
    {
        var count = 0;
        for (var left = rows * Words(length); left > 0; left--)
            count += BitOperations.PopCount(*map++);
        return 8L * Group * count <= 5L * rows * length;
    }

    /// <summary>Makes the map of rows that follow one another, if there is room for one.</summary>
    public static void Find(ReadOnlySpan<float> a, int rows, int length, Span<ulong> map)
    {
        fixed (float* pa = a)
        fixed (ulong* pMap = map)
            if (pMap != null)
                Find(pa, rows, length, pMap);
    }

    /// <summary>Makes the map of rows that follow one another.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Find(float* a, int rows, int length, ulong* map) =>
        Dispatch.Run(new Finding(a, rows, length, map));

    private readonly struct Finding(float* a, int rows, int length, ulong* map) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => Find<Numbers<V>>((byte*)a, rows, length, map);
    }

    /// <summary>Makes the map of a row that is these bytes times a scale.</summary>
    public static void Find(byte* bytes, int length, ulong* map) => Find<Bytes>(bytes, 1, length, map);

    /// <summary>
    /// Turns the maps of up to 64 rows: bit i of a word of the result says whether row i has something in a group. The words of groups follow one another as the bits did, 64 for each word
    /// of a map.
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
                for (var to = (byte*)(transposed + used - 1) + first / 8; to >= transposed; to -= sizeof(ulong), bits += bits)
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
                for (var group = 2 * sixteen; left > 0 && group < 2 * Bits; left -= Group, group++, from += Group * TSource.Size)
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
