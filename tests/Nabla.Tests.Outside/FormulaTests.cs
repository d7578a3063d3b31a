using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Inspection;

[assembly: CollectionBehavior(DisableTestParallelization = true)]       // Compute.Threads is for the whole process

namespace Nabla.Tests.Outside;

/// <summary>
/// An activation, a loss and an optimiser that a user wrote with the public API alone are right, allocate nothing, and
/// give the same bits on every number of threads. This project does not see the library's internals.
/// </summary>
public sealed class FormulaTests : IDisposable
{
    private readonly int threads = Compute.Threads;

    public void Dispose() => Compute.Threads = threads;

    public static TheoryData<string> Optimizers => [nameof(Lion), nameof(AdaBelief)];

    [Fact]
    public void The_gradients_pass_the_gradient_check()
    {
        var network = new Network(new Dense(6, 12), new Swish(), new Dense(12, 9), new HardTanh(0.5f), new Dense(9, 2));
        network.Initialize(seed: 1);
        var report = GradientCheck.Run(network, new LogCosh(), Uniform(8, 6, 1), Uniform(8, 2, 2));
        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void A_wrong_slope_fails_the_gradient_check()
    {
        var network = new Network(new Dense(6, 12), new WrongSwish(), new Dense(12, 2));
        network.Initialize(seed: 1);
        Assert.False(GradientCheck.Run(network, new LogCosh(), Uniform(8, 6, 1), Uniform(8, 2, 2)).Passed);
    }

    [Fact]
    public void Swish_gives_the_same_bits_as_the_librarys_Silu()
    {
        Network swish = WithActivation(new Swish()), silu = WithActivation(new Silu());
        Trainer one = new(swish, new SquaredError(), new Adam()), other = new(silu, new SquaredError(), new Adam());
        Matrix x = Uniform(100, 30, 1), target = Uniform(100, 5, 2);
        for (var step = 0; step < 20; step++)
            Assert.Equal(other.Step(x, target), one.Step(x, target));
        Assert.Equal(Bits(silu.Parameters.Values), Bits(swish.Parameters.Values));
        Assert.Equal(Bits(silu.Predict(x)), Bits(swish.Predict(x)));

        static Network WithActivation(Layer activation)
        {
            var network = new Network(new Dense(30, 33), activation, new Dense(33, 5));
            network.Initialize(seed: 1);
            return network;
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void The_optimisers_learn(string optimizer)
    {
        var (network, trainer) = Make(optimizer);
        Matrix x = Uniform(64, 10, 1), target = new(64, 10);
        for (var i = 0; i < x.Values.Length; i++)
            target.Values[i] = x.Values[i] * x.Values[i];
        var before = new LogCosh().Forward(network.Predict(x), target);
        for (var step = 0; step < 300; step++)
            trainer.Step(x, target);
        Assert.InRange(new LogCosh().Forward(network.Predict(x), target), 0, before / 3);
    }

    /// <summary>Wide enough for the work to be shared: 16,384 values are one thread's part.</summary>
    [Theory]
    [MemberData(nameof(Optimizers))]
    public void One_and_two_threads_give_the_same_bits(string optimizer)
    {
        Assert.Equal(Trained(threads: 1), Trained(threads: 2));

        byte[] Trained(int threads)
        {
            Compute.Threads = threads;
            var (network, trainer) = Make(optimizer, inputs: 200, width: 300);
            Matrix x = Uniform(100, 200, 1), target = Uniform(100, 10, 2);
            for (var step = 0; step < 5; step++)
                trainer.Step(x, target);
            return Bits(network.Parameters.Values);
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_training_step_allocates_nothing(string optimizer)
    {
        var (_, trainer) = Make(optimizer);
        Matrix x = Uniform(32, 10, 1), target = Uniform(32, 10, 2);
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            for (var step = 0; step < 50; step++)
                trainer.Step(x, target);                                // compiles, and allocates the moments
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var step = 0; step < 1000; step++)
                trainer.Step(x, target);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void This_project_does_not_see_the_internals() => Assert.DoesNotContain(
        typeof(FormulaTests).Assembly.GetName().Name,
        typeof(Network).Assembly.GetCustomAttributes(typeof(InternalsVisibleToAttribute), inherit: false)
            .Select(attribute => ((InternalsVisibleToAttribute)attribute).AssemblyName));

    private static (Network Network, Trainer Trainer) Make(string optimizer, int inputs = 10, int width = 40)
    {
        var network = new Network(
            new Dense(inputs, width), new Swish(), new Dense(width, width), new HardTanh(2), new Dense(width, 10));
        network.Initialize(seed: 1);
        Optimizer rule = optimizer == nameof(Lion) ? new Lion(0.001) : new AdaBelief(0.003);
        return (network, new(network, new LogCosh(), rule));
    }

    private static Matrix Uniform(int rows, int columns, ulong seed)
    {
        var random = new RandomGenerator(seed);
        var x = new Matrix(rows, columns);
        foreach (ref var value in x.Values)
            value = (float)random.NextUniform(-1, 1);
        return x;
    }

    private static byte[] Bits(Matrix x) => MemoryMarshal.AsBytes(x.Values).ToArray();
}
