using System.Runtime.CompilerServices;
using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Tests.Training;

[Collection(Machine.Name)]
public sealed class BatchesTests : MachineTests
{
    /// <summary>Batches of 784 pixels. If there are several threads, another thread prepares them.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 2)]
    [InlineData(100, 1)]
    [InlineData(100, 2)]
    [InlineData(117, 3)]
    public void Every_example_appears_exactly_once_in_an_epoch_with_its_own_target(int size, int threads)
    {
        Workers.Threads = threads;
        var data = Numbered(350);
        var batches = new Batches(data, size);
        var random = new RandomGenerator(1);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            batches.Shuffle(random, epoch: 1);
            var seen = new List<int>();
            for (var index = 0; index < batches.Count; index++)
            {
                var (x, target) = batches[index];
                Assert.Equal(Math.Min(size, 350 - index * size), x.Rows);
                if (index % 4 == 0)
                    Thread.Sleep(1);                // time to prepare the next batch, which must not overwrite this one
                for (var row = 0; row < x.Rows; row++)
                {
                    var example = (int)MathF.Round(x[row, 0] * 255) + 100 * (int)MathF.Round(x[row, 783] * 255);
                    Assert.Equal(1, target[row, example % 10]);
                    Assert.Equal(1, target.Row(row).ToArray().Sum());
                    seen.Add(example);
                }
            }
            Assert.Equal(Enumerable.Range(0, 350), seen.Order());
        }
    }

    [Fact]
    public void The_batches_do_not_depend_on_the_number_of_threads()
    {
        var data = Numbered(350);
        List<float>? expected = null;
        foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
        {
            Workers.Threads = threads;
            var batches = new Batches(data, 100);
            batches.Shuffle(new RandomGenerator(7), epoch: 1);
            var numbers = new List<float>();
            for (var index = 0; index < batches.Count; index++)
                numbers.AddRange(batches[index].X.Values.ToArray());
            expected ??= numbers;
            Assert.Equal(expected, numbers);
        }
    }

    /// <summary>Products rely on the map: a map of another batch would give wrong results.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void Each_batch_has_the_map_of_its_own_zeros(int threads, bool augmented)
    {
        Workers.Threads = threads;
        var random = new RandomGenerator(5);
        byte[] pixels = [.. Enumerable.Range(0, 49 * 784).Select(_ => (byte)(random.NextInt(20) == 0 ? 200 : 0))];
        var data = Dataset.FromImages("dots", pixels, new(28, 28), new byte[49], ["dot"]);
        var augmenter = augmented ? Parse.Augmentation("shift 2, rotate 10").For(data, 1) : null;
        using var batches = new Batches(data, 16, augmenter);           // the last batch has one image
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            batches.Shuffle(random, epoch);
            for (var index = 0; index < batches.Count; index++)
            {
                var (x, _) = batches[index];
                var expected = new ulong[x.Rows * ZeroMap.Words(784)];
                ZeroMap.Find(x.ReadOnlyValues, x.Rows, 784, expected);
                Assert.Equal(expected, x.Zeros);
            }
        }
    }

    [Fact]
    public void Data_without_images_has_no_map_but_writes_one_into_a_matrix_that_keeps_it()
    {
        var x = new Matrix(20, 784);
        x[7, 100] = 1;
        var data = Dataset.FromNumbers("numbers", x, new Matrix(20, 1));
        using var batches = new Batches(data, 20);
        batches.Begin(1);
        Assert.True(batches[0].X.Zeros.IsEmpty);
        var kept = Matrix.WithZeroMap(20, 784);
        data.CopyTo([.. Enumerable.Range(0, 20)], kept, new Matrix(20, 1));
        for (var i = 0; i < kept.Zeros.Length; i++)
            Assert.Equal(i == 7 * ZeroMap.Words(784) ? 1ul << (100 / 16) : 0, kept.Zeros[i]);
    }

    [Fact]
    public void A_new_order_in_the_middle_of_an_epoch_takes_effect()
    {
        Workers.Threads = 2;
        var data = Numbered(350);
        var batches = new Batches(data, 100);
        var random = new RandomGenerator(7);
        batches.Shuffle(random, epoch: 1);
        var before = batches[0].X.Values.ToArray();             // now the next batch is being prepared
        batches.Shuffle(random, epoch: 1);
        Assert.NotEqual(before, batches[0].X.Values.ToArray());
        Assert.Equal(100, batches[1].X.Rows);
    }

    [Fact]
    public void An_abandoned_training_keeps_no_data_alive()
    {
        Workers.Threads = 2;
        for (var round = 0; round < 5; round++)
        {
            var data = LeftInTheMiddle();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Assert.False(data.IsAlive, "Something still holds the data.");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LeftInTheMiddle()
    {
        var data = Numbered(350);
        using var cancel = new CancellationTokenSource();
        var trainer = new Trainer(new Network(new Dense(784, 10)), new SoftmaxCrossEntropy(), new Sgd(0.1));
        Assert.Empty(trainer.Train(data, new() { BatchSize = 100, OnStep = _ => cancel.Cancel() }, cancel.Token));
        return new(data);
    }

    /// <summary>Images whose first and last pixels encode the number of the example.</summary>
    private static Dataset Numbered(int count)
    {
        var pixels = new byte[count * 784];
        for (var i = 0; i < count; i++)
            (pixels[i * 784], pixels[i * 784 + 783]) = ((byte)(i % 100), (byte)(i / 100));
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];
        string[] classes = [.. Enumerable.Range(0, 10).Select(i => $"{i}")];
        return Dataset.FromImages("numbered", pixels, new ImageSize(28, 28), labels, classes);
    }
}
