using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Kernels;

/// <summary>One row of a tile: the sixteen lanes of each of up to four results.</summary>
internal unsafe struct LaneAccumulators<V, TColumns>
    where V : struct, IVectorLanes<V>
    where TColumns : struct, IConstantInt
{
    private V v0, v1, v2, v3;

    /// <summary>this ← this + a·b, column by column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(V a, in LaneAccumulators<V, TColumns> b)
    {
        v0 = V.MultiplyAdd(a, b.v0, v0);
        if (TColumns.Value > 1) v1 = V.MultiplyAdd(a, b.v1, v1);
        if (TColumns.Value > 2) v2 = V.MultiplyAdd(a, b.v2, v2);
        if (TColumns.Value > 3) v3 = V.MultiplyAdd(a, b.v3, v3);
    }

    /// <summary>Loads lanes that <see cref="StoreLanes"/> has stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LoadLanes(float* p) => Load(
        p, p + IVectorLanes<V>.Count, p + 2 * IVectorLanes<V>.Count, p + 3 * IVectorLanes<V>.Count);

    /// <summary>Stores the lanes, result after result, without folding them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StoreLanes(float* p)
    {
        V.Store(v0, p);
        if (TColumns.Value > 1) V.Store(v1, p + IVectorLanes<V>.Count);
        if (TColumns.Value > 2) V.Store(v2, p + 2 * IVectorLanes<V>.Count);
        if (TColumns.Value > 3) V.Store(v3, p + 3 * IVectorLanes<V>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* p0, float* p1, float* p2, float* p3)
    {
        v0 = V.Load(p0);
        if (TColumns.Value > 1) v1 = V.Load(p1);
        if (TColumns.Value > 2) v2 = V.Load(p2);
        if (TColumns.Value > 3) v3 = V.Load(p3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* p0, float* p1, float* p2, float* p3, V mask)
    {
        v0 = V.Load(p0, mask);
        if (TColumns.Value > 1) v1 = V.Load(p1, mask);
        if (TColumns.Value > 2) v2 = V.Load(p2, mask);
        if (TColumns.Value > 3) v3 = V.Load(p3, mask);
    }

    /// <summary>
    /// this ← this + a·b, column by column, where b is read from up to four rows that are <paramref name="row"/>
    /// elements apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAddRows(V a, float* b, nint row)
    {
        v0 = V.MultiplyAdd(a, V.Load(b), v0);
        if (TColumns.Value > 1) v1 = V.MultiplyAdd(a, V.Load(b + row), v1);
        if (TColumns.Value > 2) v2 = V.MultiplyAdd(a, V.Load(b + 2 * row), v2);
        if (TColumns.Value > 3) v3 = V.MultiplyAdd(a, V.Load(b + 3 * row), v3);
    }

    /// <summary>The same for the lanes that are marked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAddRows(V a, float* b, nint row, V mask)
    {
        v0 = V.MultiplyAdd(a, V.Load(b, mask), v0);
        if (TColumns.Value > 1) v1 = V.MultiplyAdd(a, V.Load(b + row, mask), v1);
        if (TColumns.Value > 2) v2 = V.MultiplyAdd(a, V.Load(b + 2 * row, mask), v2);
        if (TColumns.Value > 3) v3 = V.MultiplyAdd(a, V.Load(b + 3 * row, mask), v3);
    }

    /// <summary>
    /// Folds the lanes of each result into one value, adds the bias (if it is not null) and 0, and stores the results.
    /// Adding 0 turns −0 into 0, as <see cref="ZeroStatistics"/> needs.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* c, float* bias)
    {
        if (TColumns.Value == 4)
        {
            StoreFour(V.Sum4(v0, v1, v2, v3), c, bias);
            return;
        }
        c[0] = V.Sum(v0);
        if (TColumns.Value > 1) c[1] = V.Sum(v1);
        if (TColumns.Value > 2) c[2] = V.Sum(v2);
        for (var j = 0; j < TColumns.Value; j++)
            c[j] += bias == null ? 0f : bias[j] + 0f;
    }

    /// <summary>Folds four rows of four columns into sixteen results, those of r0 first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sums(
        in LaneAccumulators<V, TColumns> r0, in LaneAccumulators<V, TColumns> r1,
        in LaneAccumulators<V, TColumns> r2, in LaneAccumulators<V, TColumns> r3) => V.Sum16(
        r0.v0, r0.v1, r0.v2, r0.v3, r1.v0, r1.v1, r1.v2, r1.v3,
        r2.v0, r2.v1, r2.v2, r2.v3, r3.v0, r3.v1, r3.v2, r3.v3);

    /// <summary>The same as <see cref="Store(float*, float*)"/>, for four rows of four columns at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        in LaneAccumulators<V, TColumns> r0, in LaneAccumulators<V, TColumns> r1,
        in LaneAccumulators<V, TColumns> r2, in LaneAccumulators<V, TColumns> r3, float* c, nint cRow, float* bias)
    {
        var (s0, s1, s2, s3) = V.Quarters(Sums(r0, r1, r2, r3));
        StoreFour(s0, c, bias);
        StoreFour(s1, c + cRow, bias);
        StoreFour(s2, c + 2 * cRow, bias);
        StoreFour(s3, c + 3 * cRow, bias);
    }

    /// <summary>Adds the bias (if it is not null) and 0 to four results, and stores them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFour(Vector128<float> sums, float* c, float* bias) =>
        (sums + (bias == null ? Vector128<float>.Zero : Vector128.Load(bias) + Vector128<float>.Zero)).Store(c);
}
