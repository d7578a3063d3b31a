using BenchmarkDotNet.Attributes;

namespace Nabla.Benchmarks.Kernels;

/// <summary>The three products of a dense layer, in the shapes that occur: forward, ∂C/∂W and ∂C/∂X.</summary>
public class Products
{
    private Matrix x, w, b, y, dW, dX;

    /// <summary>Examples, inputs, outputs.</summary>
    [Params("32-784-16", "32-16-16", "128-784-128", "128-512-512", "256-1024-1024", "1024-1024-1024")]
    public string Shape { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Compute.Threads = Threads;
        int[] sizes = [.. Shape.Split('-').Select(int.Parse)];
        var (examples, inputs, outputs) = (sizes[0], sizes[1], sizes[2]);
        x = Random.Uniform(examples, inputs, 1);
        w = Random.Uniform(outputs, inputs, 2);
        b = Random.Uniform(1, outputs, 3);
        y = Random.Uniform(examples, outputs, 4);
        (dW, dX) = (new Matrix(outputs, inputs), new Matrix(examples, inputs));
    }

    [Benchmark(Description = "Y = X·Wᵀ + b")]
    public void Forward() => y.Set(x * w.T + b);

    [Benchmark(Description = "∂C/∂W = δᵀ·X")]
    public void WeightGradient() => dW.Set(y.T * x);

    [Benchmark(Description = "∂C/∂X = δ·W")]
    public void InputGradient() => dX.Set(y * w);
}
