using Nabla.Data;
using Nabla.Doctor;
using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla.Tests.Training;

/// <summary>
/// The map of a batch's zeros, by which products skip blank pixels: it ends before anyone can write into the batch, and
/// it lasts as long as the library only reads.
/// </summary>
[Collection(Machine.Name)]
public sealed class BatchMapTests : MachineTests
{
    private const int Pixels = 784, Rows = 16;

    /// <summary>What a layer of a user's own may do to its input.</summary>
    public static readonly string[] Ways =
        ["values", "row", "indexer", "set", "set plus row", "set column sums", "read"];

    public static TheoryData<string, string, int> WaysOnEveryMachine =>
    [
        .. from way in Ways
           from set in Machine.InstructionSets
           from threads in (int[])[1, 2]
           select (way, set.Data, threads),
    ];

    /// <summary>Several steps, narrow and wide. With two threads, the next batch is prepared meanwhile.</summary>
    [Theory]
    [MemberData(nameof(WaysOnEveryMachine))]
    public void A_layer_that_writes_into_its_input_gets_what_it_would_get_without_a_map(
        string way, string set, int threads)
    {
        Use(set);
        Workers.Threads = threads;
        foreach (var outputs in (int[])[Rows, 100])
            foreach (var inBackward in (bool[])[false, true])
            {
                var mapped = Trained(way, outputs, inBackward, withMap: true);
                var plain = Trained(way, outputs, inBackward, withMap: false);
                var where = $"{way}, {outputs} outputs, written in {(inBackward ? "Backward" : "Forward")}";
                TestNumbers.AssertSameBits(plain, mapped, where);
            }
    }

    [Fact]
    public void A_writable_view_ends_the_map_for_every_view_of_the_buffer()
    {
        foreach (var way in Ways)
        {
            var batch = Matrix.WithZeroMap(Rows, Pixels);
            Matrix rows = batch.RowRange(3, 9), again = rows.FirstRows(7), part = again.Part(Pixels, 4, Pixels);
            _ = (batch.ReadOnlyValues.Length, again.ReadOnlyRow(2)[0], part.LargestMagnitude, batch.SumOfSquares);
            new Matrix(Rows, Pixels).Set(batch, default(Plain));
            new Matrix(1, Pixels).Set(batch.ColumnSums());
            new Matrix(Rows, 5).Set(batch * new Matrix(5, Pixels).T);
            Assert.All([batch, rows, again, part], view => Assert.False(view.Zeros.IsEmpty));
            Touch(part, way);
            Assert.All([batch, rows, again, part], view => Assert.True(view.Zeros.IsEmpty, way));
        }
    }

    /// <summary>A span may be written through long after the batch has been replaced by another one.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_map_that_has_ended_does_not_come_back_with_the_next_batch(int threads)
    {
        Workers.Threads = threads;
        using var batches = new Batches(Dots(5 * Rows), Rows);
        batches.Begin(1);
        var span = batches[0].X.Values;
        Assert.False(batches[1].X.Zeros.IsEmpty);               // another buffer
        Assert.True(batches[2].X.Zeros.IsEmpty);                // the same one again
        Assert.False(batches[3].X.Zeros.IsEmpty);
        var x = batches[4].X;
        var w = TestNumbers.UniformMatrix(16, Pixels, 1);
        span.Fill(0.5f);
        Matrix y = new(Rows, 16), expected = new(Rows, 16);
        y.Set(x * w.T);
        expected.Set(Copy(x) * w.T);
        TestNumbers.AssertSameBits(expected.Values, y.Values, "written through a span of an earlier batch");
    }

    [Fact]
    public void A_batch_that_is_a_target_is_written_without_its_map()
    {
        var data = Dataset.FromNumbers("numbers", new Matrix(4, 3), TestNumbers.UniformMatrix(4, Pixels, 1));
        var batch = Matrix.WithZeroMap(4, Pixels);
        data.CopyTo([0, 1, 2, 3], new Matrix(4, 3), batch);
        Assert.True(batch.Zeros.IsEmpty);
    }

    [Fact]
    public void The_batch_of_a_reshaped_view_is_written_without_its_map()
    {
        var batch = Matrix.WithZeroMap(4, Pixels);
        var data = Dataset.FromNumbers("numbers", TestNumbers.UniformMatrix(2, 2 * Pixels, 1), new Matrix(2, 1));
        data.CopyTo([0, 1], batch.Part(0, 2, 2 * Pixels), new Matrix(2, 1));
        Assert.True(batch.Zeros.IsEmpty);
    }

    /// <summary>A data set keeps a user's array, but batches are copies: the array never has a map.</summary>
    [Fact]
    public void An_array_of_ones_own_is_never_the_buffer_of_a_batch()
    {
        var own = new float[2 * Rows * Pixels];
        var data = Dataset.FromNumbers("numbers", new(own, 0, 2 * Rows, Pixels), new Matrix(2 * Rows, 1));
        using var batches = new Batches(data, Rows);
        batches.Begin(1);
        var x = batches[0].X;
        Assert.True(x.Zeros.IsEmpty);
        Array.Fill(own, 1);
        Assert.Equal(0, x.LargestMagnitude);
        Assert.True(new Matrix(own, 0, 2 * Rows, Pixels).Zeros.IsEmpty);
    }

    /// <summary>No speed is lost by any layer as the first one, all checks of the doctor, or an evaluation.</summary>
    [Theory]
    [InlineData("dense 16")]
    [InlineData("dense 128")]
    [InlineData("conv 2 3")]
    [InlineData("conv 2 3 padding 1")]
    [InlineData("conv 16 3 stride 2")]
    [InlineData("max-pool 2")]
    [InlineData("max-pool 3 stride 2 padding 1")]
    [InlineData("average-pool 2")]
    [InlineData("global-average-pool")]
    [InlineData("flatten")]
    [InlineData("dropout 0.2")]
    [InlineData("batch-norm")]
    [InlineData("layer-norm")]
    [InlineData("embedding 256 2")]
    [InlineData("residual (dropout 0.1, relu)")]
    [InlineData("residual (conv 1 3 padding 1)")]
    [InlineData("relu")]
    [InlineData("leaky-relu")]
    [InlineData("elu")]
    [InlineData("gelu")]
    [InlineData("gelu tanh")]
    [InlineData("silu")]
    [InlineData("sigmoid")]
    [InlineData("softmax")]
    [InlineData("softplus")]
    [InlineData("tanh")]
    public void A_batch_keeps_its_map_while_the_library_only_reads(string first)
    {
        Workers.Threads = 2;
        var data = Dots(4 * Rows);
        var network = new Network(data.Shape, Parse.Layers($"{first}, dense 10"));
        var watch = new MapWatch();
        var options = new TrainingOptions
        {
            Epochs = 3,
            BatchSize = Rows,
            Validation = data,
            Augmentation = first == "dense 16" ? Parse.Augmentation("shift 1, cutout 4") : null,
            Observers = [new TrainingDoctor([.. TrainingDoctor.AllChecks(), watch])],
        };
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(1e-4));
        Assert.Equal(3, trainer.Train(data, options).Count());
        Assert.Equal(2, watch.Batches.Count(x => !x.Zeros.IsEmpty));            // both buffers, after all steps

        var batch = watch.Batches[0];
        _ = network.Predict(batch);
        _ = network.Activations(batch);
        network.Predict(batch, new Matrix(batch.Rows, 10));
        var pass = network.TrainingPass(batch.Rows, new RandomGenerator(1));
        network.Forward(batch, pass);
        _ = network.Layers[0].KinkSignature(batch, pass);
        NonFiniteCheck.FirstOutput(watch.Last!);
        Assert.False(batch.Zeros.IsEmpty);
    }

    [Fact]
    public void Every_layer_is_among_those_that_come_first()
    {
        var tested = typeof(BatchMapTests).GetMethod(nameof(A_batch_keeps_its_map_while_the_library_only_reads))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .Select(row => Parse.Layers((string)row.Data[0]!)[0].GetType());
        var all = typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract);
        Assert.Empty(all.Except(tested).Select(type => type.Name));
    }

    private static float[] Trained(string way, int outputs, bool inBackward, bool withMap)
    {
        var first = new Meddling(outputs, way, inBackward);
        var network = new Network(new Shape(1, 28, 28), first, new Relu(), new Dense(10));
        network.Initialize(7);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1));
        using var batches = new Batches(Dots(5 * Rows), Rows);
        batches.Shuffle(new RandomGenerator(3), epoch: 1);
        for (var step = 0; step < batches.Count; step++)
        {
            var (x, target) = batches[step];
            if (step < 2)                                       // the first batch in each of the two buffers
                Assert.False(x.Zeros.IsEmpty);
            trainer.Step(withMap ? x : Copy(x), target);
        }
        return network.Parameters.Values.Values.ToArray();
    }

    /// <summary>Takes a writable view in one of the ways, and writes where most pixels are blank.</summary>
    private static void Touch(Matrix x, string way)
    {
        var last = x.Rows - 1;
        switch (way)
        {
            case "values":
                for (var i = 5; i < x.Rows * Pixels; i += 97)
                    x.Values[i] = 0.25f;
                break;
            case "row":
                for (var i = 5; i < Pixels; i += 97)
                    x.Row(last)[i] = 0.25f;
                break;
            case "indexer":
                for (var i = 5; i < Pixels; i += 97)
                    x[last, i] = 0.25f;
                break;
            case "set":
                x.RowRange(last, 1).Set(new Matrix([0.5f], 0, 1, 1) * Spots());
                break;
            case "set plus row":
                x.RowRange(last, 1).Set(new Matrix([0.5f], 0, 1, 1) * Spots() + Spots());
                break;
            case "set column sums":
                x.RowRange(last, 1).Set(Spots().ColumnSums());
                break;
            default:
                Assert.NotEqual(-1, x.Values[0]);               // a user's code reads by the same views
                break;
        }
    }

    private static Matrix Spots()
    {
        var row = new Matrix(1, Pixels);
        for (var i = 3; i < Pixels; i += 53)
            row[0, i] = i;
        return row;
    }

    private static Matrix Copy(Matrix m)
    {
        var copy = new Matrix(m.Rows, m.Columns);
        m.ReadOnlyValues.CopyTo(copy.Values);
        return copy;
    }

    /// <summary>Images of 0 and 255, one pixel of twenty lit.</summary>
    private static Dataset Dots(int count)
    {
        var random = new RandomGenerator(5);
        byte[] pixels = [.. Enumerable.Range(0, count * Pixels).Select(_ => (byte)(random.NextInt(20) == 0 ? 255 : 0))];
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];
        string[] classes = [.. Enumerable.Range(0, 10).Select(i => $"{i}")];
        return Dataset.FromImages("dots", pixels, new(28, 28), labels, classes);
    }

    private readonly struct Plain : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => x;
    }

    /// <summary>A dense layer of a user's own that writes into its input before it multiplies.</summary>
    private sealed class Meddling(int outputs, string way, bool inBackward) : Layer
    {
        private Parameter Weights { get; } = Parameter.Matrix("weight", outputs, Pixels);

        public override IReadOnlyList<Parameter> Parameters => [Weights];

        public override void Initialize(Initializer suggested, RandomGenerator random) =>
            suggested.Fill(Weights.Value, Pixels, outputs, random);

        public override void Forward(Matrix x, Matrix y, Pass pass)
        {
            if (!inBackward)
                Touch(x, way);
            y.Set(x * Weights.Value.T);
        }

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
        {
            if (inBackward)
                Touch(x, way);
            Weights.Gradient.Set(dY.T * x);
        }

        protected override Shape Build(Shape input) => Shape.Flat(outputs);
    }

    /// <summary>A check that remembers the batches of the steps that it sees, and does not read them.</summary>
    private sealed class MapWatch : Check
    {
        public List<Matrix> Batches { get; } = [];

        public StepFacts? Last { get; private set; }

        public override string Code => "TEST1";

        public override string Title => "maps of batches";

        public override void AfterStep(StepFacts facts, FindingLog log)
        {
            Last = facts;
            if (Batches.Count < 2)
                Batches.Add(facts.Output(-1).Matrix);
            Assert.False(facts.Output(-1).Matrix.Zeros.IsEmpty);
        }
    }
}
