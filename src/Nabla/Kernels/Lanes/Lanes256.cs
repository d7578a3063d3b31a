using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Kernels;

/// <summary>Sixteen lanes in two AVX2 registers.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> low, Vector256<float> high) : IVectorLanes<Lanes256>
{
    private readonly Vector256<float> low = low, high = high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a.low + b.low, a.high + b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a.low - b.low, a.high - b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a.low * b.low, a.high * b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 a, Lanes256 b) => new(a.low / b.low, a.high / b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a) => new(-a.low, -a.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(float a, Lanes256 b) =>
        new(Vector256.Create(a) * b.low, Vector256.Create(a) * b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(float a, Lanes256 b) =>
        new(Vector256.Create(a) + b.low, Vector256.Create(a) + b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(float a, Lanes256 b) =>
        new(Vector256.Create(a) - b.low, Vector256.Create(a) - b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, float b) =>
        new(a.low - Vector256.Create(b), a.high - Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(float a, Lanes256 b) =>
        new(Vector256.Create(a) / b.low, Vector256.Create(a) / b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, float b) =>
        new(a.low + Vector256.Create(b), a.high + Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 a, float b) =>
        new(a.low * Vector256.Create(b), a.high * Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 a, float b) =>
        new(a.low / Vector256.Create(b), a.high / Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Of(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Fma.MultiplyAdd(a.low, b.low, c.low), Fma.MultiplyAdd(a.high, b.high, c.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, float c) =>
        new(Fma.MultiplyAdd(a.low, b.low, Vector256.Create(c)), Fma.MultiplyAdd(a.high, b.high, Vector256.Create(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, float b, Lanes256 c) =>
        new(Fma.MultiplyAdd(a.low, Vector256.Create(b), c.low), Fma.MultiplyAdd(a.high, Vector256.Create(b), c.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, float b, float c) =>
        new(
            Fma.MultiplyAdd(a.low, Vector256.Create(b), Vector256.Create(c)),
            Fma.MultiplyAdd(a.high, Vector256.Create(b), Vector256.Create(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Sqrt(Lanes256 a) => new(Vector256.Sqrt(a.low), Vector256.Sqrt(a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 a) => new(Vector256.Abs(a.low), Vector256.Abs(a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LargerMagnitude(Lanes256 largest, Lanes256 a) => new(
        Vector256.Max(largest.low.AsInt32(), Vector256.Abs(a.low).AsInt32()).AsSingle(),
        Vector256.Max(largest.high.AsInt32(), Vector256.Abs(a.high).AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Floor(Lanes256 a) => new(Vector256.Floor(a.low), Vector256.Floor(a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereLess(Lanes256 a, Lanes256 b, Lanes256 yes, Lanes256 no) => new(
        Vector256.ConditionalSelect(Vector256.LessThan(a.low, b.low), yes.low, no.low),
        Vector256.ConditionalSelect(Vector256.LessThan(a.high, b.high), yes.high, no.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereLess(Lanes256 a, float b, Lanes256 yes, Lanes256 no) => new(
        Vector256.ConditionalSelect(Vector256.LessThan(a.low, Vector256.Create(b)), yes.low, no.low),
        Vector256.ConditionalSelect(Vector256.LessThan(a.high, Vector256.Create(b)), yes.high, no.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AtLeast(Lanes256 a, float least) => new(
        Vector256.ConditionalSelect(
            Vector256.LessThan(a.low, Vector256.Create(least)), Vector256.Create(least), a.low),
        Vector256.ConditionalSelect(
            Vector256.LessThan(a.high, Vector256.Create(least)), Vector256.Create(least), a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AtMost(Lanes256 a, float most) => new(
        Vector256.ConditionalSelect(
            Vector256.LessThan(Vector256.Create(most), a.low), Vector256.Create(most), a.low),
        Vector256.ConditionalSelect(
            Vector256.LessThan(Vector256.Create(most), a.high), Vector256.Create(most), a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereNaN(Lanes256 a, Lanes256 yes, Lanes256 no) => new(
        Vector256.ConditionalSelect(Vector256.Equals(a.low, a.low), no.low, yes.low),
        Vector256.ConditionalSelect(Vector256.Equals(a.high, a.high), no.high, yes.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 DeinterleaveEven(Lanes256 a, Lanes256 b) =>
        new(Every(a.low, a.high, 0b10_00_10_00), Every(b.low, b.high, 0b10_00_10_00));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 DeinterleaveOdd(Lanes256 a, Lanes256 b) =>
        new(Every(a.low, a.high, 0b11_01_11_01), Every(b.low, b.high, 0b11_01_11_01));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 InterleaveLow(Lanes256 a, Lanes256 b) => InTurn(a.low, b.low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 InterleaveHigh(Lanes256 a, Lanes256 b) => InTurn(a.high, b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 TimesPowerOfTwo(Lanes256 a, Lanes256 b) => new(
        a.low * ((b.low.AsInt32() + Vector256.Create(127)) << 23).AsSingle(),
        a.high * ((b.high.AsInt32() + Vector256.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 CountFrom(uint start) => new(
        (Vector256<uint>.Indices + Vector256.Create(start)).AsSingle(),
        (Vector256<uint>.Indices + Vector256.Create(start + 8)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 XorBits(Lanes256 a, uint b) => new(
        (a.low.AsUInt32() ^ Vector256.Create(b)).AsSingle(),
        (a.high.AsUInt32() ^ Vector256.Create(b)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NonZero(Lanes256 a) => (ushort)~(
        Vector256.Equals(a.low.AsUInt32(), Vector256<uint>.Zero).ExtractMostSignificantBits()
        | Vector256.Equals(a.high.AsUInt32(), Vector256<uint>.Zero).ExtractMostSignificantBits() << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NonZeroHalves(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d) =>
        Lanes128.Halves(NonZero(a), NonZero(b), NonZero(c), NonZero(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 XorShifted(Lanes256 a, int n) => new(
        (a.low.AsUInt32() ^ (a.low.AsUInt32() >>> n)).AsSingle(),
        (a.high.AsUInt32() ^ (a.high.AsUInt32() >>> n)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyBits(Lanes256 a, uint b) => new(
        (a.low.AsUInt32() * Vector256.Create(b)).AsSingle(),
        (a.high.AsUInt32() * Vector256.Create(b)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Upper24Bits(Lanes256 a) => new(
        Vector256.ConvertToSingle((a.low.AsUInt32() >>> 8).AsInt32()),
        Vector256.ConvertToSingle((a.high.AsUInt32() >>> 8).AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* p) => new(Vector256.Load(p), Vector256.Load(p + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 a, float* p)
    {
        a.low.Store(p);
        a.high.Store(p + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 FirstN(int count) => new(
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle(),
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count - 8)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Between(int from, int to) => new(EightBetween(from, to), EightBetween(from - 8, to - 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* p, Lanes256 mask) =>
        new(Avx.MaskLoad(p, mask.low), Avx.MaskLoad(p + 8, mask.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 a, float* p, Lanes256 mask)
    {
        Avx.MaskStore(p, mask.low, a.low);
        Avx.MaskStore(p + 8, mask.high, a.high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBytes(byte* p) => new(
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(p)),
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(p + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes256 First, Lanes256 Second) LoadPairs(byte* p, Lanes256 indices)
    {
        // Four bytes in each lane.
        var low = Avx2.GatherVector256((int*)p, Avx.ConvertToVector256Int32WithTruncation(indices.low), 1);
        var high = Avx2.GatherVector256((int*)p, Avx.ConvertToVector256Int32WithTruncation(indices.high), 1);
        var last = Vector256.Create(255);
        return (
            new(Vector256.ConvertToSingle(low & last), Vector256.ConvertToSingle(high & last)),
            new(Vector256.ConvertToSingle((low >>> 8) & last), Vector256.ConvertToSingle((high >>> 8) & last)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 a) => Lanes128.SumOfFour(Fold(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum4(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d) =>
        Lanes128.SumsOfFour(Fold(a), Fold(b), Fold(c), Fold(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Sum16(
        Lanes256 a0, Lanes256 a1, Lanes256 a2, Lanes256 a3, Lanes256 b0, Lanes256 b1, Lanes256 b2, Lanes256 b3,
        Lanes256 c0, Lanes256 c1, Lanes256 c2, Lanes256 c3, Lanes256 d0, Lanes256 d1, Lanes256 d2, Lanes256 d3) =>
        new(
            Vector256.Create(Sum4(a0, a1, a2, a3), Sum4(b0, b1, b2, b3)),
            Vector256.Create(Sum4(c0, c1, c2, c3), Sum4(d0, d1, d2, d3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> A, Vector128<float> B, Vector128<float> C, Vector128<float> D)
        Quarters(Lanes256 a) =>
        (a.low.GetLower(), a.low.GetUpper(), a.high.GetLower(), a.high.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fold(Lanes256 a)
    {
        var eight = a.low + a.high;
        return eight.GetLower() + eight.GetUpper();
    }

    /// <summary>
    /// Two numbers of each half of a, and two of each half of b, as <paramref name="which"/> says, those of a first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Every(Vector256<float> a, Vector256<float> b, [ConstantExpected] byte which) =>
        Avx2.Permute4x64(Avx.Shuffle(a, b, which).AsDouble(), 0b11_01_10_00).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes256 InTurn(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> low = Avx.UnpackLow(a, b), high = Avx.UnpackHigh(a, b);
        return new(Avx.Permute2x128(low, high, 0x20), Avx.Permute2x128(low, high, 0x31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> EightBetween(int from, int to) => (
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(to))
        & Vector256.GreaterThanOrEqual(Vector256<int>.Indices, Vector256.Create(from))).AsSingle();
}
