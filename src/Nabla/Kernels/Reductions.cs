using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>Sums, in a fixed order.</summary>
internal static unsafe class Reductions
{
    /// <summary>sums[j] = Σᵢ x[i, j], each a chain of additions from the first row down.</summary>
    public static void SumColumns(ReadOnlySpan<float> x, Span<float> sums, int rows)
    {
        fixed (float* px = x, ps = sums)
        {
            switch (Processor.Current)
            {
                case InstructionSet.Avx512: SumColumns<Lanes512>(px, ps, rows, sums.Length); break;
                case InstructionSet.Avx2: SumColumns<Lanes256>(px, ps, rows, sums.Length); break;
                default: SumColumns<Lanes128>(px, ps, rows, sums.Length); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumColumns<V>(float* x, float* sums, nint rows, nint columns) where V : struct, ILanes<V>
    {
        nint j = 0;
        for (; j <= columns - ILanes<V>.Count; j += ILanes<V>.Count)
        {
            var sum = V.Of(0);
            var p = x + j;
            for (nint i = 0; i < rows; i++, p += columns)
                sum += V.Load(p);
            V.Store(sum, sums + j);
        }
        if (j < columns)
        {
            var marked = V.First((int)(columns - j));
            var sum = V.Of(0);
            var p = x + j;
            for (nint i = 0; i < rows; i++, p += columns)
                sum += V.Load(p, marked);
            V.Store(sum, sums + j, marked);
        }
    }
}
