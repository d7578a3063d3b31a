using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Kernels;

/// <summary>
/// Sixteen lanes in four 128-bit vectors: the portable path, for any processor that .NET runs on.
/// </summary>
internal readonly unsafe struct Lanes128(
    Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : IVectorLanes<Lanes128>
{
    private readonly Vector128<float> a = a, b = b, c = c, d = d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 x, Lanes128 y) => new(x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 x, Lanes128 y) => new(x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 x, Lanes128 y) => new(x.a * y.a, x.b * y.b, x.c * y.c, x.d * y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 x, Lanes128 y) => new(x.a / y.a, x.b / y.b, x.c / y.c, x.d / y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 x) => new(-x.a, -x.b, -x.c, -x.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(float x, Lanes128 y) => Of(x) * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(float x, Lanes128 y) => Of(x) + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(float x, Lanes128 y) => Of(x) - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 x, float y) => x - Of(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(float x, Lanes128 y) => Of(x) / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 x, float y) => x + Of(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 x, float y) => x * Of(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 x, float y) => x / Of(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Of(float value) => Splat(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 x, Lanes128 y, Lanes128 z) => new(
        Vector128.FusedMultiplyAdd(x.a, y.a, z.a),
        Vector128.FusedMultiplyAdd(x.b, y.b, z.b),
        Vector128.FusedMultiplyAdd(x.c, y.c, z.c),
        Vector128.FusedMultiplyAdd(x.d, y.d, z.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 x, Lanes128 y, float z) => MultiplyAdd(x, y, Of(z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 x, float y, Lanes128 z) => MultiplyAdd(x, Of(y), z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 x, float y, float z) => MultiplyAdd(x, Of(y), Of(z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Sqrt(Lanes128 x) =>
        new(Vector128.Sqrt(x.a), Vector128.Sqrt(x.b), Vector128.Sqrt(x.c), Vector128.Sqrt(x.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 x) =>
        new(Vector128.Abs(x.a), Vector128.Abs(x.b), Vector128.Abs(x.c), Vector128.Abs(x.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LargerMagnitude(Lanes128 largest, Lanes128 x) =>
        new(Larger(largest.a, x.a), Larger(largest.b, x.b), Larger(largest.c, x.c), Larger(largest.d, x.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Larger(Vector128<float> largest, Vector128<float> x) =>
        Vector128.Max(largest.AsInt32(), Vector128.Abs(x).AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Floor(Lanes128 x) =>
        new(Vector128.Floor(x.a), Vector128.Floor(x.b), Vector128.Floor(x.c), Vector128.Floor(x.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereLess(Lanes128 x, Lanes128 y, Lanes128 yes, Lanes128 no) => new(
        Vector128.ConditionalSelect(Vector128.LessThan(x.a, y.a), yes.a, no.a),
        Vector128.ConditionalSelect(Vector128.LessThan(x.b, y.b), yes.b, no.b),
        Vector128.ConditionalSelect(Vector128.LessThan(x.c, y.c), yes.c, no.c),
        Vector128.ConditionalSelect(Vector128.LessThan(x.d, y.d), yes.d, no.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereLess(Lanes128 x, float y, Lanes128 yes, Lanes128 no) => WhereLess(x, Of(y), yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AtLeast(Lanes128 x, float least) => WhereLess(x, Of(least), Of(least), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AtMost(Lanes128 x, float most) => WhereLess(Of(most), x, Of(most), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereNaN(Lanes128 x, Lanes128 yes, Lanes128 no) => new(
        Vector128.ConditionalSelect(Vector128.Equals(x.a, x.a), no.a, yes.a),
        Vector128.ConditionalSelect(Vector128.Equals(x.b, x.b), no.b, yes.b),
        Vector128.ConditionalSelect(Vector128.Equals(x.c, x.c), no.c, yes.c),
        Vector128.ConditionalSelect(Vector128.Equals(x.d, x.d), no.d, yes.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 DeinterleaveEven(Lanes128 x, Lanes128 y) =>
        new(Four(x.a, x.b, 0), Four(x.c, x.d, 0), Four(y.a, y.b, 0), Four(y.c, y.d, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 DeinterleaveOdd(Lanes128 x, Lanes128 y) =>
        new(Four(x.a, x.b, 1), Four(x.c, x.d, 1), Four(y.a, y.b, 1), Four(y.c, y.d, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 InterleaveLow(Lanes128 x, Lanes128 y) =>
        new(InTurn(x.a, y.a, 0), InTurn(x.a, y.a, 2), InTurn(x.b, y.b, 0), InTurn(x.b, y.b, 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 InterleaveHigh(Lanes128 x, Lanes128 y) =>
        new(InTurn(x.c, y.c, 0), InTurn(x.c, y.c, 2), InTurn(x.d, y.d, 0), InTurn(x.d, y.d, 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 TimesPowerOfTwo(Lanes128 x, Lanes128 y) =>
        new(x.a * PowerOfTwo(y.a), x.b * PowerOfTwo(y.b), x.c * PowerOfTwo(y.c), x.d * PowerOfTwo(y.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 CountFrom(uint start) =>
        new(CountFour(start), CountFour(start + 4), CountFour(start + 8), CountFour(start + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NonZero(Lanes128 x) => (ushort)~(Zero(x.a) | Zero(x.b) << 4 | Zero(x.c) << 8 | Zero(x.d) << 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 XorBits(Lanes128 x, uint b) =>
        new(XorBits(x.a, b), XorBits(x.b, b), XorBits(x.c, b), XorBits(x.d, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NonZeroHalves(Lanes128 x, Lanes128 y, Lanes128 z, Lanes128 w) =>
        Halves(NonZero(x), NonZero(y), NonZero(z), NonZero(w));

    /// <summary>What <see cref="NonZeroHalves"/> gives, from what <see cref="NonZero"/> gives for each.</summary>
    internal static uint Halves(uint x, uint y, uint z, uint w)
    {
        return Half(x) | Half(y) << 1 | Half(z) << 2 | Half(w) << 3;

        static uint Half(uint bits) => ((bits & 0xFF) == 0 ? 0u : 1) | (bits >> 8 == 0 ? 0u : 0b1_0000);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 XorShifted(Lanes128 x, int n) =>
        new(XorShifted(x.a, n), XorShifted(x.b, n), XorShifted(x.c, n), XorShifted(x.d, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyBits(Lanes128 x, uint b) =>
        new(MultiplyBits(x.a, b), MultiplyBits(x.b, b), MultiplyBits(x.c, b), MultiplyBits(x.d, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Upper24Bits(Lanes128 x) =>
        new(Upper24Bits(x.a), Upper24Bits(x.b), Upper24Bits(x.c), Upper24Bits(x.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* p) =>
        new(Vector128.Load(p), Vector128.Load(p + 4), Vector128.Load(p + 8), Vector128.Load(p + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 x, float* p)
    {
        x.a.Store(p);
        x.b.Store(p + 4);
        x.c.Store(p + 8);
        x.d.Store(p + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 FirstN(int count) => Between(0, count);

    /// <summary>Here the first two lanes alone hold the mark: from where and up to where lanes are meant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Between(int from, int to) => Splat(Vector128.Create(from, to, 0, 0f));

    public static Lanes128 Load(float* p, Lanes128 mask)
    {
        var buffer = stackalloc float[IVectorLanes<Lanes128>.Count];
        for (var i = (int)mask.a.GetElement(0); i < (int)mask.a.GetElement(1); i++)
            buffer[i] = p[i];
        return Load(buffer);
    }

    public static void Store(Lanes128 x, float* p, Lanes128 mask)
    {
        var buffer = stackalloc float[IVectorLanes<Lanes128>.Count];
        Store(x, buffer);
        for (var i = (int)mask.a.GetElement(0); i < (int)mask.a.GetElement(1); i++)
            p[i] = buffer[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBytes(byte* p) =>
        new(FourBytes(p), FourBytes(p + 4), FourBytes(p + 8), FourBytes(p + 12));

    public static (Lanes128 First, Lanes128 Second) LoadPairs(byte* p, Lanes128 indices)
    {
        const int count = IVectorLanes<Lanes128>.Count;
        float* at = stackalloc float[count], first = stackalloc float[count], second = stackalloc float[count];
        Store(indices, at);
        for (var i = 0; i < count; i++)
            (first[i], second[i]) = (p[(int)at[i]], p[(int)at[i] + 1]);
        return (Load(first), Load(second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 x) => SumOfFour(Fold(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum4(Lanes128 x, Lanes128 y, Lanes128 z, Lanes128 w) =>
        SumsOfFour(Fold(x), Fold(y), Fold(z), Fold(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Sum16(
        Lanes128 a0, Lanes128 a1, Lanes128 a2, Lanes128 a3, Lanes128 b0, Lanes128 b1, Lanes128 b2, Lanes128 b3,
        Lanes128 c0, Lanes128 c1, Lanes128 c2, Lanes128 c3, Lanes128 d0, Lanes128 d1, Lanes128 d2, Lanes128 d3) =>
        new(Sum4(a0, a1, a2, a3), Sum4(b0, b1, b2, b3), Sum4(c0, c1, c2, c3), Sum4(d0, d1, d2, d3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> A, Vector128<float> B, Vector128<float> C, Vector128<float> D)
        Quarters(Lanes128 x) => (x.a, x.b, x.c, x.d);

    /// <summary>(0 + 2) + (1 + 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SumOfFour(Vector128<float> x) =>
        (x.GetElement(0) + x.GetElement(2)) + (x.GetElement(1) + x.GetElement(3));

    /// <summary>Four times (0 + 2) + (1 + 3), by transposing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> SumsOfFour(
        Vector128<float> x, Vector128<float> y, Vector128<float> z, Vector128<float> w)
    {
        if (!Sse.IsSupported)
            return Vector128.Create(SumOfFour(x), SumOfFour(y), SumOfFour(z), SumOfFour(w));
        var xy = Sse.UnpackLow(x, y) + Sse.UnpackHigh(x, y);     // x0+x2, y0+y2, x1+x3, y1+y3
        var zw = Sse.UnpackLow(z, w) + Sse.UnpackHigh(z, w);
        return Sse.MoveLowToHigh(xy, zw) + Sse.MoveHighToLow(zw, xy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes128 Splat(Vector128<float> x) => new(x, x, x, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PowerOfTwo(Vector128<float> x) =>
        ((x.AsInt32() + Vector128.Create(127)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> CountFour(uint start) =>
        (Vector128<uint>.Indices + Vector128.Create(start)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Zero(Vector128<float> x) =>
        Vector128.Equals(x.AsUInt32(), Vector128<uint>.Zero).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> XorBits(Vector128<float> x, uint b) =>
        (x.AsUInt32() ^ Vector128.Create(b)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> XorShifted(Vector128<float> x, int n) =>
        (x.AsUInt32() ^ (x.AsUInt32() >>> n)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> MultiplyBits(Vector128<float> x, uint b) =>
        (x.AsUInt32() * Vector128.Create(b)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Upper24Bits(Vector128<float> x) =>
        Vector128.ConvertToSingle((x.AsUInt32() >>> 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FourBytes(byte* p) => Vector128.Create((float)p[0], p[1], p[2], p[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fold(Lanes128 x) => (x.a + x.c) + (x.b + x.d);

    /// <summary>Every other number of x and then of y, from number <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(Vector128<float> x, Vector128<float> y, int first) =>
        Vector128.Create(x.GetElement(first), x.GetElement(first + 2), y.GetElement(first), y.GetElement(first + 2));

    /// <summary>Two numbers of x and two of y, in turn, from number <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InTurn(Vector128<float> x, Vector128<float> y, int first) =>
        Vector128.Create(x.GetElement(first), y.GetElement(first), x.GetElement(first + 1), y.GetElement(first + 1));
}
