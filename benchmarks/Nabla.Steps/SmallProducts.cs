using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Steps;

/// <summary>
/// What matters where products are so small that everything around them counts: Y = X·Wᵀ + b for 32 examples, and their
/// images.
/// </summary>
internal static unsafe class SmallProducts
{
    private const int Batch = 32, Inputs = 784, Neurons = 16, Images = 60_000;

    /// <summary>The library's product, with matrices that start at a cache line and with others.</summary>
    public static Entrant[] Alignment()
    {
        return
        [
            At(0, "X and W start at a cache line"),
            At(4, "both start 16 bytes after one, as a .NET array may"),
        ];

        static Entrant At(int offset, string name)
        {
            Matrix x = Shifted(Batch, Inputs, offset), w = Shifted(Neurons, Inputs, offset);
            Matrix b = new(1, Neurons), y = new(Batch, Neurons);
            return new(name, () => y.Set(x * w.T + b));
        }
    }

    /// <summary>The same product on one thread, and cut into halves for two.</summary>
    public static Entrant[] ForkAndJoin(int inputs)
    {
        var halves = new Halves(Uniform(Batch, inputs), Uniform(Neurons, inputs), new(1, Neurons), new(Batch, Neurons));
        return
        [
            new("on one thread", () => halves.Whole()),
            new("halves, by the library's pool, awake", () => Workers.Run(halves, 2)),
            new("halves, by the pool, asleep", () => Workers.Run(halves, 2), Before: () => Wait(500e-6)),
            new("halves, by Parallel.For", () => Parallel.For(0, 2, halves.Run)),
        ];
    }

    /// <summary>
    /// 32 images out of 60,000, chosen at random, become a batch. Each run follows a training step, as it does between
    /// two batches.
    /// </summary>
    public static Entrant[] Gather()
    {
        var random = new Random(1);
        var pixels = new byte[Images * Inputs];
        random.NextBytes(pixels);
        string[] classes = [.. Enumerable.Range(0, 10).Select(c => $"{c}")];
        var data = Dataset.FromImages("random", pixels, new(28, 28), new byte[Images], classes);
        var layers = Parse.Layers("dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid");
        var trainer = new Trainer(new Network(Inputs, layers), new SquaredError(), new Sgd(1e-6));
        Matrix x = new(Batch, Inputs), target = new(Batch, 10);
        var which = new int[Batch];

        void Choose()
        {
            foreach (ref var example in which.AsSpan())
                example = random.Next(Images);
        }
        void Step() => trainer.Step(x, target);
        void Prefetch()
        {
            foreach (var example in which)
                Fetch(data.Image(example));
        }
        return
        [
            new("not prefetched", () => data.CopyTo(which, x, target), Before: () => { Choose(); Step(); }),
            new("prefetched before the step", () => data.CopyTo(which, x, target), Before: () =>
            {
                Choose();
                Prefetch();
                Step();
            }),
            new("the prefetch itself", Prefetch, Before: () => { Choose(); Step(); }),
        ];
    }

    /// <summary>
    /// The two products of a wide layer that involve its inputs: for inputs without zeros, and for drawn digits, most
    /// of whose pixels are blank.
    /// </summary>
    public static Entrant[] Blank()
    {
        const int batch = 128, neurons = 128;
        Matrix w = Uniform(neurons, Inputs), b = new(1, neurons), y = new(batch, neurons);
        Matrix delta = Uniform(batch, neurons), gradient = new(neurons, Inputs);
        Matrix numbers = Uniform(batch, Inputs), digits = new(batch, Inputs), target = new(batch, 10);
        SyntheticData.Digits(batch).CopyTo([.. Enumerable.Range(0, batch)], digits, target);
        return
        [
            new("Y = X·Wᵀ + b, where X has no zeros", () => y.Set(numbers * w.T + b)),
            new("the same, where X is a batch of digits", () => y.Set(digits * w.T + b)),
            new("∂C/∂W = δᵀ·X, where X has no zeros", () => gradient.Set(delta.T * numbers)),
            new("the same, where X is a batch of digits", () => gradient.Set(delta.T * digits)),
        ];
    }

    /// <summary>Prefetches every cache line of an image, without waiting for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fetch(ReadOnlySpan<byte> image)
    {
        if (Sse.IsSupported)
            fixed (byte* start = image)
                for (var i = 0; i < image.Length; i += 64)
                    Sse.Prefetch1(start + i);
    }

    /// <summary>Y = X·Wᵀ + b, the upper half and the lower half of its rows.</summary>
    private readonly struct Halves(Matrix x, Matrix w, Matrix b, Matrix y) : IParts
    {
        public void Whole() => y.Set(x * w.T + b);

        public void Run(int index) =>
            y.RowRange(index * Batch / 2, Batch / 2).Set(x.RowRange(index * Batch / 2, Batch / 2) * w.T + b);
    }

    private static void Wait(double seconds)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started).TotalSeconds < seconds;)
            Thread.SpinWait(10);
    }

    /// <summary>
    /// A matrix whose first element lies <paramref name="behind"/> elements after the start of a cache line.
    /// </summary>
    private static Matrix Shifted(int rows, int columns, int behind)
    {
        const int line = 16;
        var numbers = GC.AllocateArray<float>(rows * columns + 2 * line, pinned: true);
        var past = (int)((nuint)Unsafe.AsPointer(ref numbers[0]) / sizeof(float) % line);
        var matrix = new Matrix(numbers, (line - past) % line + behind, rows, columns);
        Uniform(rows, columns).Values.CopyTo(matrix.Values);
        return matrix;
    }

    public static Matrix Uniform(int rows, int columns, ulong seed = 1)
    {
        var matrix = new Matrix(rows, columns);
        var random = new RandomGenerator(seed);
        foreach (ref var value in matrix.Values)
            value = (float)random.NextUniform(-0.5, 0.5);
        return matrix;
    }
}
