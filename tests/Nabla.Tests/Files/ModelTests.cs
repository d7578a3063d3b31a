using System.Security.Cryptography;
using Nabla.Data;

namespace Nabla.Tests.Files;

public sealed class ModelTests
{
    [Fact]
    public void A_saved_model_is_loaded_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var model = Example.NewModel();
        model.Save(folder.At("m.safetensors"));
        var loaded = Model.Load(folder.At("m.safetensors"));

        TestNumbers.AssertSameBits(
            model.Network.Parameters.Values.Values, loaded.Network.Parameters.Values.Values, "parameters");
        Assert.Equal(Example.Network, loaded.Network.Description);
        Assert.Equal(4, loaded.Network.Inputs);
        Assert.IsType<SoftmaxCrossEntropy>(loaded.Loss);
        Assert.Equal(model.Classes, loaded.Classes);
        Assert.Equal(model.ImageSize, loaded.ImageSize);
        Assert.Equal(model.Training, loaded.Training);
        Assert.Equal(Example.Bytes(model), Example.Bytes(loaded));
        Assert.Equal(["m.safetensors"], folder.Entries);
    }

    [Theory]
    [InlineData("dense 5")]
    [InlineData("sigmoid, dense 5, tanh, relu, leaky-relu 0.123456789, dense 2, softmax")]
    [InlineData(
        "batch-norm, elu, dense 5, layer-norm, gelu, dropout 0.1, batch-norm epsilon 0.001 momentum 0.25, " +
        "softplus, silu, gelu tanh, elu 0.25, layer-norm epsilon 0.5")]
    [InlineData("residual (dense 4, batch-norm, residual (relu, dense 4), dense 3), dense 2")]
    public void Every_layer_is_loaded_again_and_absent_metadata_stays_absent(string layers)
    {
        var network = new Network(2, [.. LayerList.Parse("dense 3"), .. LayerList.Parse(layers)]);
        var bytes = Example.Bytes(new Model(network, new SquaredError()));
        var loaded = Example.Load(bytes);
        Assert.Equal(bytes, Example.Bytes(loaded));
        Assert.Empty(loaded.Classes);
        Assert.Null(loaded.ImageSize);
        Assert.Empty(loaded.Training);
    }

    /// <summary>
    /// The bytes of the example, the same for ever and on every machine. A script in another language computed the
    /// hash.
    /// </summary>
    /// <remarks>
    /// If the bytes change, existing files may become unreadable: raise the version of the format.
    /// </remarks>
    [Fact]
    public void The_same_model_is_the_same_bytes() => Assert.Equal(
        "3d344f4e1501a0ae8dffefa478d9c1b105dadfd68fb98f88ba5ccab4839bf0a6",
        Convert.ToHexStringLower(SHA256.HashData(Example.Bytes(Example.NewModel()))));

    [Fact]
    public void A_stream_has_the_bytes_of_a_file_and_is_loaded_like_one()
    {
        using var folder = new TemporaryFolder();
        using var stream = new MemoryStream();
        var model = Example.NewModel();
        model.Save(stream);
        model.Save(folder.At("m.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.At("m.safetensors")), stream.ToArray());
        stream.Position = 0;
        Assert.Equal(stream.ToArray(), Example.Bytes(Model.Load(stream)));
        using var damaged = new MemoryStream(stream.ToArray()[..^1]);
        Assert.StartsWith(
            "weights: tensor '2.bias' ends at byte",
            Assert.Throws<InvalidDataException>(() => Model.Load(damaged, "weights")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_and_metadata_are_as_documented()
    {
        var content = ModelFormat.ToFile(Example.NewModel());
        Assert.Equal(
            ["0.weight [3, 4]", "0.bias [3]", "2.weight [2, 3]", "2.bias [2]"],
            content.Tensors.Select(tensor => $"{tensor}"));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["format"] = "pt",
                ["nabla.version"] = "1",
                ["nabla.network"] = "dense 3, leaky-relu 0.1, dense 2",
                ["nabla.inputs"] = "4",
                ["nabla.loss"] = "softmax-cross-entropy",
                ["nabla.classes"] = """["zero","\"é\" 一"]""",
                ["nabla.image"] = "2x2",
                ["nabla.training"] = """{"data":"digits","learning rate":"1E-3","seed":"7"}""",
            },
            content.Metadata);
    }

    [Fact]
    public void A_file_without_a_description_is_loaded_if_the_network_is_given()
    {
        using var folder = new TemporaryFolder();
        var model = Example.NewModel();
        var path = folder.At("python.safetensors");
        var strings = new Dictionary<string, string> { ["format"] = "pt" };
        new Safetensors(ModelFormat.ToFile(model).Tensors, strings).Save(path);

        var e = Assert.Throws<InvalidDataException>(() => Model.Load(path));
        Assert.Contains("python.safetensors does not describe its network", e.Message, StringComparison.Ordinal);
        Assert.Contains("Model.Load(path, \"dense 16", e.Message, StringComparison.Ordinal);

        var loaded = Model.Load(path, Example.Network, inputs: 4, new SquaredError());
        TestNumbers.AssertSameBits(
            model.Network.Parameters.Values.Values, loaded.Network.Parameters.Values.Values, "parameters");
        Assert.IsType<SquaredError>(loaded.Loss);
        Assert.Throws<FormatException>(() => Model.Load(path, "danse 3", inputs: 4, new SquaredError()));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Model.Load(path, Example.Network, inputs: 0, new SquaredError()));
        e = Assert.Throws<InvalidDataException>(() =>
            Model.Load(path, Example.Network, inputs: 5, new SquaredError()));
        Assert.Contains(
            "'0.weight' has the shape [3, 4], but the network needs [3, 5]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predictions_are_probabilities_for_one_example_or_several()
    {
        var model = Example.NewModel();
        var x = Enumerable.Range(0, 12).Select(i => i / 12f).ToArray();
        var y = new float[6];
        model.Predict(x, y);
        Assert.Equal(model.Predict(new Matrix(x, 0, 3, 4)).Values.ToArray(), y);
        var logits = model.Network.Predict(new Matrix(x, 0, 3, 4));
        var one = new float[2];
        for (var example = 0; example < 3; example++)
        {
            model.Predict(x.AsSpan(example * 4, 4), one);
            Assert.Equal(one, y.AsSpan(example * 2, 2).ToArray());
            Assert.Equal(1 / (1 + Math.Exp(logits[example, 1] - logits[example, 0])), one[0], 1e-6);
        }
        model.Predict([], []);
        Assert.Throws<ArgumentException>(() => model.Predict(x.AsSpan(1), y.AsSpan(2)));
        Assert.Throws<ArgumentException>(() => model.Predict(x, y.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => model.Predict(new Matrix(3, 5)));
    }

    [Fact]
    public void A_prediction_allocates_nothing()
    {
        var model = Example.NewModel();
        float[] x = new float[12], y = new float[6];
        model.Predict(x, y);
        model.Predict(x.AsSpan(), y);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            model.Predict(x, y);
            model.Predict(x.AsSpan(), y);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Classes_and_images_that_do_not_fit_the_network_are_refused_at_once()
    {
        var network = Example.NewModel().Network;
        Assert.Throws<ArgumentException>(() => new Model(network, new SquaredError()) { Classes = ["a"] });
        AssertRefused(new(2, 3));
        AssertRefused(new(-2, -2));
        AssertRefused(new(100, 42_949_673));                            // 2³² + 4 pixels

        void AssertRefused(ImageSize size) =>
            Assert.Throws<ArgumentException>(() => new Model(network, new SquaredError()) { ImageSize = size });
    }

    [Theory]
    [InlineData(float.NaN, "0.weight[2, 1] is NaN")]
    [InlineData(float.NegativeInfinity, "0.weight[2, 1] is infinite")]
    public void A_model_with_a_non_finite_weight_is_not_saved(float weight, string says)
    {
        var model = Example.NewModel();
        model.Network.Parameters.Values[0, 9] = weight;
        AssertNotSaved<InvalidOperationException>(model, says);
    }

    [Fact]
    public void A_custom_layer_is_not_saved()
    {
        AssertNotSavedWith("twice", "layer 2 (Twice) would be written as 'twice'");
        AssertNotSavedWith("tanh", "layer 2 (Twice)");
        AssertNotSavedWith("tanh, relu", "layer 2 (Twice)");

        static void AssertNotSavedWith(string description, string says)
        {
            var network = new Network(new Dense(2, 2), new Twice(description));
            AssertNotSaved<NotSupportedException>(new(network, new SquaredError()), says);
        }
    }

    /// <summary>
    /// Today, no layer of the library is read back as a different one. A layer with an option that its description does
    /// not name would be.
    /// </summary>
    [Fact]
    public void A_layer_read_back_must_have_the_same_description()
    {
        Assert.True(ModelFormat.AreSame(new LeakyRelu(0.1f), new LeakyRelu(0.1f)));
        Assert.False(ModelFormat.AreSame(new LeakyRelu(0.1f), new LeakyRelu(0.2f)));
        Assert.False(ModelFormat.AreSame(new Relu(), new Twice("relu")));
    }

    [Theory]
    [InlineData("absolute-error")]
    [InlineData("huber 0.25")]
    [InlineData("softmax-cross-entropy smoothing 0.1 weights 0.3333333333333333 2 5E-300")]
    [InlineData("sigmoid-cross-entropy positive-weight 3.5")]
    public void The_settings_of_a_loss_are_saved(string loss)
    {
        using var folder = new TemporaryFolder();
        new Model(new Network(new Dense(2, 3)), LossList.Parse(loss)).Save(folder.At("m"));
        Assert.Equal(loss, Model.Load(folder.At("m")).Loss.Description);
    }

    [Fact]
    public void A_custom_loss_is_not_saved()
    {
        AssertNotSaved<NotSupportedException>(new(Example.NewModel().Network, new Other("other")), "the loss 'other'");
        AssertNotSaved<NotSupportedException>(
            new(Example.NewModel().Network, new Other("squared-error")), "the loss 'squared-error'");
    }

    [Fact]
    public void A_list_of_layers_that_could_not_be_loaded_again_is_not_saved()
    {
        var network = new Network([new Dense(1, 1), .. Enumerable.Range(0, 20_000).Select(_ => new Relu())]);
        AssertNotSaved<NotSupportedException>(new(network, new SquaredError()), "65536 characters");
    }

    private static void AssertNotSaved<TException>(Model model, string says) where TException : Exception
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", [1, 2, 3]);
        var e = Assert.Throws<TException>(() => model.Save(path));
        Assert.StartsWith("The model was not saved: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal(["m"], folder.Entries);
    }

    private sealed class Twice(string description) : Layer
    {
        public override string Description => description;

        public override void Forward(Matrix x, Matrix y, Pass pass) => throw new NotSupportedException();

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass) =>
            throw new NotSupportedException();
    }

    private sealed class Other(string name) : Loss
    {
        public override string Name => name;

        protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target) =>
            throw new NotSupportedException();

        protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput) =>
            throw new NotSupportedException();
    }

    [Fact]
    public void Running_statistics_and_inner_layers_are_loaded_too()
    {
        var layers = LayerList.Parse(
            "batch-norm, layer-norm, dense 18, residual (dense 18, batch-norm, residual (dense 18)), dense 4");
        var network = new Network(new Shape(2, 3, 3), layers);
        var random = new RandomGenerator(3);
        foreach (ref var value in network.Parameters.Values.Values)
            value = (float)random.NextNormal();
        foreach (ref var value in network.State.Values)
            value = (float)random.NextDouble();
        var bytes = Example.Bytes(new Model(network, new SquaredError()));
        var content = ModelFormat.ToFile(new Model(network, new SquaredError()));
        Assert.Equal(
            "0.weight [2], 0.bias [2], 0.running_mean [2], 0.running_var [2], " +
            "1.weight [2, 3, 3], 1.bias [2, 3, 3], 2.weight [18, 18], 2.bias [18], " +
            "3.0.weight [18, 18], 3.0.bias [18], " +
            "3.1.weight [18], 3.1.bias [18], 3.1.running_mean [18], 3.1.running_var [18], " +
            "3.2.0.weight [18, 18], 3.2.0.bias [18], 4.weight [4, 18], 4.bias [4]",
            string.Join(", ", content.Tensors.Select(tensor => $"{tensor}")));
        var loaded = Example.Load(bytes);
        Assert.Equal(bytes, Example.Bytes(loaded));
        Assert.Equal(network.State.Values.ToArray(), loaded.Network.State.Values.ToArray());
        var x = TestNumbers.UniformMatrix(5, 18, 1);
        TestNumbers.AssertSameBits(network.Predict(x).Values, loaded.Network.Predict(x).Values, "prediction");
    }

    [Fact]
    public void The_batch_counter_that_PyTorch_keeps_is_skipped()
    {
        using var folder = new TemporaryFolder();
        float[] two = [1, 2];
        Tensor[] tensors =
        [
            new("0.weight", [2], two),
            new("0.bias", [2], two),
            new("0.running_mean", [2], two),
            new("0.running_var", [2], two),
            new("0.num_batches_tracked", [], new float[1]),
        ];
        Dictionary<string, string> noStrings = [];
        new Safetensors(tensors, noStrings).Save(folder.At("m.safetensors"));
        var network = Model.Load(folder.At("m.safetensors"), "batch-norm", 2, new SquaredError()).Network;
        Assert.Equal([1, 2, 1, 2], network.State.Values.ToArray());
        Tensor[] tooMany = [.. tensors, new("1.num_batches_tracked", [], new float[1])];
        new Safetensors(tooMany, noStrings).Save(folder.At("m.safetensors"));
        var e = Assert.Throws<InvalidDataException>(() =>
            Model.Load(folder.At("m.safetensors"), "batch-norm", 2, new SquaredError()));
        Assert.Contains("belongs to no layer", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_layer_inside_a_residual_is_refused()
    {
        var model = new Model(new Network(3, new Residual(new Impostor())), new SquaredError());
        Assert.StartsWith(
            "The model was not saved: layer 1 (Residual) would be written as 'residual (relu)', " +
            "from which it could not be made again.",
            Assert.Throws<NotSupportedException>(() => ModelFormat.ToFile(model)).Message, StringComparison.Ordinal);
    }

    /// <summary>A layer that describes itself as another.</summary>
    private sealed class Impostor : Layer
    {
        public override string Description => "relu";

        public override void Forward(Matrix x, Matrix y, Pass pass) => x.Values.CopyTo(y.Values);

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass) =>
            dY.Values.CopyTo(dX.Values);
    }
}
