using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Tests.Training;

[Collection(Machine.Name)]
public sealed class AugmentedTrainingTests : MachineTests
{
    private static readonly Augmentation everything =
        Parse.Augmentation("elastic 4 30, rotate 10, shift 2, scale 0.1, shear 5, cutout 6");

    [Fact]
    public void The_same_seed_gives_the_same_bytes_with_any_number_of_threads_on_every_instruction_set()
    {
        var data = Images(130);
        float[]? expected = null;
        foreach (var set in Machine.Available)
            foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
            {
                (Processor.Current, Workers.Threads) = (set, threads);
                var trained = Trained(data, everything, seed: 3);
                expected ??= trained;
                TestNumbers.AssertSameBits(expected, trained, $"{set}, {threads} threads");
            }
        Assert.NotEqual(expected, Trained(data, everything, seed: 4));
        Assert.NotEqual(expected, Trained(data, null, seed: 3));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 2)]
    [InlineData(33, 2)]
    [InlineData(64, 5)]
    public void Every_row_is_the_augmented_example_in_whatever_order_the_batches_are_requested(int size, int threads)
    {
        Workers.Threads = threads;
        var data = Images(130);
        using var batches = new Batches(data, size, everything.For(data, seed: 7));
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            batches.Shuffle(new RandomGenerator(1), epoch);
            int[] order = [.. Enumerable.Range(0, data.Count)];
            if (epoch == 2)
                new RandomGenerator(1).Shuffle(order);          // the second shuffle starts from the order of the first
            new RandomGenerator(1).Shuffle(order);
            int[] requested =
                [.. Enumerable.Range(0, batches.Count), 0, batches.Count / 2, batches.Count / 2, batches.Count - 1];
            foreach (var index in requested)
            {
                var (x, target) = batches[index];
                Assert.Equal(Math.Min(size, data.Count - index * size), x.Rows);
                for (var row = 0; row < x.Rows; row += 3)
                {
                    var example = order[index * size + row];
                    var expected = everything.Apply(data, example, epoch, seed: 7);
                    TestNumbers.AssertSameBits(expected, x.Row(row), $"epoch {epoch}, batch {index}, row {row}");
                    Assert.Equal(1, target[row, data.Label(example)]);
                }
            }
        }
    }

    [Fact]
    public void Large_images_whose_fields_are_shared_among_threads_are_the_same_with_any_number_of_threads()
    {
        const int height = 200, width = 230, count = 9;
        byte[] pixels = [.. Enumerable.Range(0, count * height * width).Select(i => (byte)(i * 73 % 251))];
        var data = Dataset.FromImages("large", pixels, new(height, width), new byte[count], ["one"]);
        float[]? expected = null;
        foreach (var threads in (ReadOnlySpan<int>)[1, 2, 4])
        {
            Workers.Threads = threads;
            using var batches = new Batches(data, count, everything.For(data, seed: 1));
            batches.Shuffle(new RandomGenerator(1), epoch: 1);
            var x = batches[0].X.Values.ToArray();
            expected ??= x;
            TestNumbers.AssertSameBits(expected, x, $"{threads} threads");
        }
    }

    [Fact]
    public void Validation_examples_are_not_augmented()
    {
        var data = Images(40);
        var network = Network();
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 8,
            Augmentation = everything,
            Validation = data,
        };
        var epoch = Trainer(network).Train(data, options).Single();
        Assert.Equal(Evaluation.Of(network, new SoftmaxCrossEntropy(), data).Loss, epoch.Validation!.Loss);
    }

    [Fact]
    public void Data_that_cannot_be_augmented_is_refused_at_once()
    {
        var trainer = new Trainer(new Network(new Dense(4, 2)), new SoftmaxCrossEntropy(), new Sgd(0.1));
        var data = Examples.Clouds(10, 4, 2, 1);
        var error = Assert.Throws<ArgumentException>(() => trainer.Train(data, new() { Augmentation = everything }));
        Assert.Contains("not images", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_epoch_allocates_nothing_on_any_thread(int threads)
    {
        Workers.Threads = threads;
        var data = Images(600);
        const int steps = 30, epochs = 8;
        var allocated = new long[epochs * steps];
        var options = new TrainingOptions
        {
            Epochs = epochs,
            BatchSize = data.Count / steps,
            Augmentation = everything,
            OnStep = p => allocated[(p.Epoch - 1) * steps + p.Step - 1] = GC.GetTotalAllocatedBytes(precise: true),
        };
        foreach (var _ in Trainer(Network()).Train(data, options))
        {
        }
        var least = Enumerable.Range(2, epochs - 2)
            .Min(epoch => allocated[(epoch + 1) * steps - 1] - allocated[epoch * steps]);
        Assert.Equal(0, least);             // of several epochs: the runtime's own threads allocate now and then
    }

    private static float[] Trained(Dataset data, Augmentation? augmentation, ulong seed)
    {
        var network = Network();
        var options = new TrainingOptions { Epochs = 2, BatchSize = 32, Seed = seed, Augmentation = augmentation };
        foreach (var _ in Trainer(network).Train(data, options))
        {
        }
        return network.Parameters.Values.Values.ToArray();
    }

    private static Network Network() => new(new Dense(20 * 17, 12), new Relu(), new Dense(12, 3));

    private static Trainer Trainer(Network network) => new(network, new SoftmaxCrossEntropy(), new Adam());

    private static Dataset Images(int count)
    {
        byte[] pixels = [.. Enumerable.Range(0, count * 20 * 17).Select(i => (byte)(i * 73 % 251))];
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 3))];
        return Dataset.FromImages("images", pixels, new(20, 17), labels, ["a", "b", "c"]);
    }
}
