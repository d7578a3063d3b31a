using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Kernels;

/// <summary>Sixteen lanes in one AVX-512 register.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : IVectorLanes<Lanes512>
{
    private readonly Vector512<float> value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 a, Lanes512 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a) => new(-a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(float a, Lanes512 b) => new(Vector512.Create(a) * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(float a, Lanes512 b) => new(Vector512.Create(a) + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(float a, Lanes512 b) => new(Vector512.Create(a) - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a, float b) => new(a.value - Vector512.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(float a, Lanes512 b) => new(Vector512.Create(a) / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 a, float b) => new(a.value + Vector512.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 a, float b) => new(a.value * Vector512.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 a, float b) => new(a.value / Vector512.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Of(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Avx512F.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, float c) =>
        new(Avx512F.FusedMultiplyAdd(a.value, b.value, Vector512.Create(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, float b, Lanes512 c) =>
        new(Avx512F.FusedMultiplyAdd(a.value, Vector512.Create(b), c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, float b, float c) =>
        new(Avx512F.FusedMultiplyAdd(a.value, Vector512.Create(b), Vector512.Create(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Sqrt(Lanes512 a) => new(Vector512.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 a) => new(Vector512.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LargerMagnitude(Lanes512 largest, Lanes512 a) =>
        new(Vector512.Max(largest.value.AsInt32(), Vector512.Abs(a.value).AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Floor(Lanes512 a) => new(Vector512.Floor(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereLess(Lanes512 a, Lanes512 b, Lanes512 yes, Lanes512 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.value, b.value), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereLess(Lanes512 a, float b, Lanes512 yes, Lanes512 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.value, Vector512.Create(b)), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AtLeast(Lanes512 a, float least) => new(Vector512.ConditionalSelect(
        Vector512.LessThan(a.value, Vector512.Create(least)), Vector512.Create(least), a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AtMost(Lanes512 a, float most) => new(Vector512.ConditionalSelect(
        Vector512.LessThan(Vector512.Create(most), a.value), Vector512.Create(most), a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereNaN(Lanes512 a, Lanes512 yes, Lanes512 no) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(a.value, a.value), no.value, yes.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 DeinterleaveEven(Lanes512 a, Lanes512 b) => new(Avx512F.PermuteVar16x32x2(
        a.value, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 DeinterleaveOdd(Lanes512 a, Lanes512 b) => new(Avx512F.PermuteVar16x32x2(
        a.value, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 InterleaveLow(Lanes512 a, Lanes512 b) => new(Avx512F.PermuteVar16x32x2(
        a.value, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 InterleaveHigh(Lanes512 a, Lanes512 b) => new(Avx512F.PermuteVar16x32x2(
        a.value, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 TimesPowerOfTwo(Lanes512 a, Lanes512 b) =>
        new(a.value * ((b.value.AsInt32() + Vector512.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 CountFrom(uint start) => new((Vector512<uint>.Indices + Vector512.Create(start)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 XorBits(Lanes512 a, uint b) => new((a.value.AsUInt32() ^ Vector512.Create(b)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NonZero(Lanes512 a) =>
        (ushort)~Vector512.Equals(a.value.AsUInt32(), Vector512<uint>.Zero).ExtractMostSignificantBits();

    /// <remarks>
    /// Numbers that are not 0 stay so where they are packed into sixteen and eight bits; then the four lanes of a
    /// quarter of a register lie in one of 32 bits, a's first.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NonZeroHalves(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d)
    {
        var packed = Avx512BW.PackSignedSaturate(
            Avx512BW.PackSignedSaturate(a.value.AsInt32(), b.value.AsInt32()),
            Avx512BW.PackSignedSaturate(c.value.AsInt32(), d.value.AsInt32()));
        var quarters = NonZero(new(packed.AsSingle()));
        quarters |= quarters >> 4;
        return (quarters & 0b1111) | (quarters >> 4 & 0b1111_0000);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 XorShifted(Lanes512 a, int n) =>
        new((a.value.AsUInt32() ^ (a.value.AsUInt32() >>> n)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyBits(Lanes512 a, uint b) =>
        new((a.value.AsUInt32() * Vector512.Create(b)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Upper24Bits(Lanes512 a) =>
        new(Vector512.ConvertToSingle((a.value.AsUInt32() >>> 8).AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* p) => new(Vector512.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 a, float* p) => a.value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 FirstN(int count) =>
        new(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Between(int from, int to) => new((
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(to))
        & Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(from))).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* p, Lanes512 mask) =>
        new(Avx512F.MaskLoad(p, mask.value, Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 a, float* p, Lanes512 mask) => Avx512F.MaskStore(p, mask.value, a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBytes(byte* p) =>
        new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(p))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes512 First, Lanes512 Second) LoadPairs(byte* p, Lanes512 indices)
    {
        var at = Avx512F.ConvertToVector512Int32WithTruncation(indices.value);
        var bytes = Vector512.Create(                                                       // four bytes in each lane
            Avx2.GatherVector256((int*)p, at.GetLower(), 1), Avx2.GatherVector256((int*)p, at.GetUpper(), 1));
        return (
            new(Vector512.ConvertToSingle(bytes & Vector512.Create(255))),
            new(Vector512.ConvertToSingle((bytes >>> 8) & Vector512.Create(255))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 a) => Lanes128.SumOfFour(Fold(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum4(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d) =>
        Lanes128.SumsOfFour(Fold(a), Fold(b), Fold(c), Fold(d));

    /// <remarks>
    /// Done one by one, the sums of a narrow layer would take a quarter of its time: here each instruction serves
    /// several.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Sum16(
        Lanes512 a0, Lanes512 a1, Lanes512 a2, Lanes512 a3, Lanes512 b0, Lanes512 b1, Lanes512 b2, Lanes512 b3,
        Lanes512 c0, Lanes512 c1, Lanes512 c2, Lanes512 c3, Lanes512 d0, Lanes512 d1, Lanes512 d2, Lanes512 d3)
    {
        // In each quarter, one row's four lanes.
        Vector512<float> v0 = Fold4(a0, b0, c0, d0), v1 = Fold4(a1, b1, c1, d1);
        Vector512<float> v2 = Fold4(a2, b2, c2, d2), v3 = Fold4(a3, b3, c3, d3);
        var v01 = Avx512F.UnpackLow(v0, v1) + Avx512F.UnpackHigh(v0, v1);          // 0 + 2 and 1 + 3 of columns 0 and 1
        var v23 = Avx512F.UnpackLow(v2, v3) + Avx512F.UnpackHigh(v2, v3);
        return new(Avx512F.Shuffle(v01, v23, 0b01_00_01_00) + Avx512F.Shuffle(v01, v23, 0b11_10_11_10));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> A, Vector128<float> B, Vector128<float> C, Vector128<float> D)
        Quarters(Lanes512 a) =>
        (a.value.GetLower().GetLower(), a.value.GetLower().GetUpper(),
        a.value.GetUpper().GetLower(), a.value.GetUpper().GetUpper());

    /// <summary>Four times what <see cref="Fold"/> gives, one in each quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fold4(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d)
    {
        const byte low = 0b01_00_01_00, high = 0b11_10_11_10, even = 0b10_00_10_00, odd = 0b11_01_11_01;
        // i + (i + 8)
        var ab = Avx512F.Shuffle4x128(a.value, b.value, low) + Avx512F.Shuffle4x128(a.value, b.value, high);
        var cd = Avx512F.Shuffle4x128(c.value, d.value, low) + Avx512F.Shuffle4x128(c.value, d.value, high);
        return Avx512F.Shuffle4x128(ab, cd, even) + Avx512F.Shuffle4x128(ab, cd, odd);                  // i + (i + 4)
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fold(Lanes512 a)
    {
        var eight = a.value.GetLower() + a.value.GetUpper();
        return eight.GetLower() + eight.GetUpper();
    }
}
