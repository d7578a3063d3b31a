namespace Nabla.Benchmarks.Kernels;

internal static class Random
{
    /// <summary>A matrix of values between −1 and 1.</summary>
    public static Matrix Uniform(int rows, int columns, ulong seed)
    {
        var matrix = new Matrix(rows, columns);
        var random = new RandomGenerator(seed);
        foreach (ref var value in matrix.Values)
            value = (float)random.NextUniform(-1, 1);
        return matrix;
    }
}
