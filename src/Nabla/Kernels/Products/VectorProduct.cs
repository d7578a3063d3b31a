using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

using Row = LaneAccumulators<Lanes512, Const4>;

/// <summary>
/// One row of C = A·Bᵀ, for a prediction: sixteen results at a time, with the same bits as those of
/// <see cref="InnerProduct"/>. With four at a time, the multiply-adds would wait for one another; only AVX-512 has
/// registers for sixteen.
/// </summary>
internal readonly unsafe struct VectorProduct : IProductKernel
{
    private const int Lanes = IVectorLanes<Lanes512>.Count, LeastColumns = 8;

    /// <inheritdoc/>
    public static bool Suits(in ProductOperands o) =>
        o.SumsInLanes && o.Rows == 1 && o.Columns >= LeastColumns
        && Dispatch.Choose(avx512: true, avx2: false, portable: false);

    /// <summary>
    /// Computes the row, which has at least eight columns. Where eight or fewer are left, it computes two blocks of
    /// four, else four blocks. A block that would reach beyond the last column computes the last four again.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Compute(in ProductOperands o)
    {
        float* a = o.A, c = o.C, bias = o.Bias;
        nint bRow = o.Depth, columns = o.Columns, last = columns - 4;
        var rest = o.Depth % Lanes;
        for (nint j = 0; j < columns; j += Lanes)
        {
            nint j0 = Math.Min(j, last), j1 = Math.Min(j + 4, last);
            nint j2 = Math.Min(j + 8, last), j3 = Math.Min(j + 12, last);
            float* b0 = o.B + j0 * bRow, b1 = o.B + j1 * bRow, b2 = o.B + j2 * bRow, b3 = o.B + j3 * bRow;
            var many = columns - j > LeastColumns;
            Row r0 = default, r1 = default, r2 = default, r3 = default;
            for (nint k = 0; k < o.Depth - rest; k += Lanes)
            {
                var x = Lanes512.Load(a + k);
                r0.MultiplyAddRows(x, b0 + k, bRow);
                r1.MultiplyAddRows(x, b1 + k, bRow);
                if (many)
                {
                    r2.MultiplyAddRows(x, b2 + k, bRow);
                    r3.MultiplyAddRows(x, b3 + k, bRow);
                }
            }
            if (rest != 0)
            {
                nint k = o.Depth - rest;
                var mask = Lanes512.FirstN(rest);
                var x = Lanes512.Load(a + k, mask);
                r0.MultiplyAddRows(x, b0 + k, bRow, mask);
                r1.MultiplyAddRows(x, b1 + k, bRow, mask);
                if (many)
                {
                    r2.MultiplyAddRows(x, b2 + k, bRow, mask);
                    r3.MultiplyAddRows(x, b3 + k, bRow, mask);
                }
            }
            var sums = Row.Sums(r0, r1, r2, r3);
            if (j + Lanes <= columns)
            {
                Lanes512.Store(sums + (bias == null ? default : Lanes512.Load(bias + j) + default(Lanes512)), c + j);
                continue;
            }
            var (s0, s1, s2, s3) = Lanes512.Quarters(sums);
            Row.StoreFour(s0, c + j0, bias == null ? null : bias + j0);
            Row.StoreFour(s1, c + j1, bias == null ? null : bias + j1);
            if (!many)
                continue;
            Row.StoreFour(s2, c + j2, bias == null ? null : bias + j2);
            Row.StoreFour(s3, c + j3, bias == null ? null : bias + j3);
        }
    }
}
