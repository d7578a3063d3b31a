using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>Sums and maxima over many numbers, in a fixed order.</summary>
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

    /// <summary>max |x|; NaN if any is infinite or no number.</summary>
    public static float LargestMagnitude(ReadOnlySpan<float> x)
    {
        fixed (float* px = x)
        {
            return Processor.Current switch
            {
                InstructionSet.Avx512 => LargestMagnitude<Lanes512>(px, x.Length),
                InstructionSet.Avx2 => LargestMagnitude<Lanes256>(px, x.Length),
                _ => LargestMagnitude<Lanes128>(px, x.Length),
            };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float LargestMagnitude<V>(float* x, nint length) where V : struct, ILanes<V>
    {
        V largest = V.Of(0), poison = largest;          // poison: 0 · x is NaN where x is not finite, and stays so
        nint i = 0;
        for (; i <= length - ILanes<V>.Count; i += ILanes<V>.Count)
        {
            var magnitude = V.Abs(V.Load(x + i));
            largest = V.WhereLess(largest, magnitude, magnitude, largest);
            poison += 0f * magnitude;
        }
        if (i < length)
        {
            var magnitude = V.Abs(V.Load(x + i, V.First((int)(length - i))));
            largest = V.WhereLess(largest, magnitude, magnitude, largest);
            poison += 0f * magnitude;
        }
        var lanes = stackalloc float[ILanes<V>.Count];
        V.Store(largest + poison, lanes);
        var result = 0f;
        for (var lane = 0; lane < ILanes<V>.Count; lane++)
            result = MathF.Max(result, lanes[lane]);    // of a number and NaN, it is NaN
        return result;
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
