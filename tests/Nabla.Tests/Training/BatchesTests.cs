using System.Runtime.CompilerServices;
using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Tests.Training;

[Collection(Machine.Name)]
public sealed class BatchesTests : MachineTests
{
    /// <summary>Batches of 784 pixels; where there are several threads, another one prepares them.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 2)]
    [InlineData(100, 1)]
    [InlineData(100, 2)]
    [InlineData(117, 3)]
    public void Every_example_comes_exactly_once_in_an_epoch_with_its_own_target(int size, int threads)
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
                    Thread.Sleep(1);                            // long enough for the next batch to be prepared: it must not be this one's room
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

    /// <summary>Products go by the map: one that is not of this batch would give wrong numbers.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void Each_batch_comes_with_the_map_of_its_own_zeros(int threads, bool augmented)
    {
        Workers.Threads = threads;
        var random = new RandomGenerator(5);
        byte[] pixels = [.. Enumerable.Range(0, 49 * 784).Select(_ => (byte)(random.NextInt(20) == 0 ? 200 : 0))];
        var data = Dataset.FromImages("dots", pixels, new(28, 28), new byte[49], ["dot"]);
        using var batches = new Batches(data, 16, augmented ? AugmentationList.Parse("shift 2, rotate 10").For(data, 1) : null);     // the last has one image
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
    public void Numbers_that_are_no_images_have_no_map_but_write_one_where_it_is_kept()
    {
        var x = new Matrix(20, 784);
        x[7, 100] = 1;
        var data = Dataset.FromNumbers("numbers", x, new Matrix(20, 1));
        using var batches = new Batches(data, 20);
        batches.Begin(1);
        Assert.True(batches[0].X.Zeros.IsEmpty);
        var scratch = Matrix.WithZeroMap(20, 784);
        data.CopyTo([.. Enumerable.Range(0, 20)], scratch, new Matrix(20, 1));
        for (var i = 0; i < scratch.Zeros.Length; i++)
            Assert.Equal(i == 7 * ZeroMap.Words(784) ? 1ul << (100 / 16) : 0, scratch.Zeros[i]);
    }

    [Fact]
    public void A_new_order_in_the_middle_of_an_epoch_is_kept_to()
    {
        Workers.Threads = 2;
        var data = Numbered(350);
        var batches = new Batches(data, 100);
        var random = new RandomGenerator(7);
        batches.Shuffle(random, epoch: 1);
        var before = batches[0].X.Values.ToArray();             // and the next is being prepared
        batches.Shuffle(random, epoch: 1);
        Assert.NotEqual(before, batches[0].X.Values.ToArray());
        Assert.Equal(100, batches[1].X.Rows);
    }

    [Fact]
    public void A_training_that_was_left_in_the_middle_keeps_no_data_alive()
    {
        Workers.Threads = 2;
        for (var round = 0; round < 5; round++)
        {
            var data = LeftInTheMiddle();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Assert.False(data.IsAlive, "The data is still held by something.");
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

    /// <summary>Images whose first pixel and last pixel say which example they are.</summary>
    private static Dataset Numbered(int count)
    {
        var pixels = new byte[count * 784];
        for (var i = 0; i < count; i++)
            (pixels[i * 784], pixels[i * 784 + 783]) = ((byte)(i % 100), (byte)(i / 100));
        return Dataset.FromImages("numbered", pixels, new ImageSize(28, 28), [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))],
            [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
    }
}
