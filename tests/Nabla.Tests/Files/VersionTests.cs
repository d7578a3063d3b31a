using System.Runtime.InteropServices;
using Nabla.Tests.Structure;

namespace Nabla.Tests.Files;

/// <summary>
/// Model files of every version of the format, kept in the folder Versions. They must load for ever and predict the
/// same bytes.
/// </summary>
/// <remarks>
/// To keep another one, add a line to <see cref="kept"/> and run
/// <c>NABLA_KEEP_MODELS=1 dotnet run --project tests/Nabla.Tests -- --filter-class "*VersionTests"</c>. It writes the
/// missing files and never overwrites an existing one: a published file can no longer be changed.
/// </remarks>
public sealed class VersionTests
{
    private const int Examples = 5;

    /// <summary>How each model was made. Its name begins with the version of the format.</summary>
    private static readonly Dictionary<string, Func<Model>> kept = new(
        EveryLayer.Networks.Select(network => KeyValuePair.Create(
            $"1-{network.Name}", () => EveryLayer.Trained(network.Layers, network.Inputs, network.Loss))))
    {
        ["1-dense"] = Example.NewModel,
        ["1-activations"] = () => Random(
            "dense 6, sigmoid, dense 5, tanh, dense 4, relu, dense 3, softmax", new Shape(1, 2, 3), new SquaredError()),
        ["1-logits"] = () => Random("dense 7, leaky-relu, dense 3", new Shape(2, 3, 3), new SigmoidCrossEntropy()),
    };

    /// <summary>
    /// The trained models. A later version may train to other weights, so only the file knows the right ones.
    /// </summary>
    private static readonly HashSet<string> trained = [.. EveryLayer.Networks.Select(network => $"1-{network.Name}")];

    private static readonly string Output = Path.Combine(AppContext.BaseDirectory, "Files", "Versions");

    public static TheoryData<string> Names => [.. kept.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kept_model_loads_and_predicts_the_same_bytes_for_ever(string name)
    {
        if (Environment.GetEnvironmentVariable("NABLA_KEEP_MODELS") == "1")
            Keep(name);
        var file = Path.Combine(Output, name + ".safetensors");
        Assert.True(
            File.Exists(file), $"{file} is missing. To keep a model, see the remarks of {nameof(VersionTests)}.");

        var model = Model.Load(file);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Output, name + ".predictions")), Predictions(model));

        var made = kept[name]();
        Assert.Equal(made.Network.Description, model.Network.Description);
        Assert.Equal(made.Network.InputShape, model.Network.InputShape);
        Assert.Equal(made.Loss.Description, model.Loss.Description);
        Assert.Equal(made.Classes, model.Classes);
        Assert.Equal(made.ImageSize, model.ImageSize);
        Assert.Equal(made.Training, model.Training);
        if (trained.Contains(name))
            return;
        TestNumbers.AssertSameBits(made.Network.Parameters.Values.Values, model.Network.Parameters.Values.Values, name);
        TestNumbers.AssertSameBits(made.Network.State.Values, model.Network.State.Values, name);
    }

    [Fact]
    public void Every_kept_file_is_tested() => Assert.Equal(
        kept.Keys.SelectMany(name => (string[])[name + ".predictions", name + ".safetensors"])
            .Order(StringComparer.Ordinal),
        Directory.GetFiles(Output).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    /// <summary>
    /// Reads the layers from the files themselves: a layer that is in none of them could become unreadable, and no test
    /// would notice.
    /// </summary>
    [Fact]
    public void Every_layer_and_loss_is_in_a_kept_file()
    {
        Model[] models = [.. kept.Keys.Select(name => Model.Load(Path.Combine(Output, name + ".safetensors")))];
        var layers = models.SelectMany(model => model.Network.Layers).SelectMany(layer => layer.WithInner());
        Assert.Empty(Parse.LayerNames.Except(layers.Select(layer => layer.Description.Split(' ')[0])));
        Assert.Empty(Parse.LossNames.Except(models.Select(model => model.Loss.Name)));
        Assert.Contains(models, model => model.Network.State.Values.ContainsAnyExcept(0f, 1f));
    }

    private static Model Random(string layers, Shape inputs, Loss loss)
    {
        var network = new Network(inputs, Parse.Layers(layers));
        TestNumbers.Uniform(network.Parameters.Count, seed: 1).CopyTo(network.Parameters.Values.Values);
        float[] state = [.. TestNumbers.Uniform(network.State.Values.Length, seed: 2).Select(MathF.Abs)];
        state.CopyTo(network.State.Values);                                     // a variance is not negative
        return new Model(network, loss);
    }

    /// <summary>The predictions for a few examples, as bytes of little-endian float32 values.</summary>
    private static byte[] Predictions(Model model)
    {
        var y = new float[Examples * model.Network.Outputs];
        model.Predict(EveryLayer.InputsFor(model.Network, Examples, seed: 3), y);
        return MemoryMarshal.AsBytes(y.AsSpan()).ToArray();
    }

    private static void Keep(string name)
    {
        var model = kept[name]();
        var source = Path.Combine(PublicApiTests.Root(), "tests", "Nabla.Tests", "Files", "Versions");
        foreach (var (folder, isSource) in ((string, bool)[])[(source, true), (Output, false)])
        {
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, name + ".safetensors");
            if (File.Exists(file) && isSource)
                return;
            model.Save(file);
            File.WriteAllBytes(Path.Combine(folder, name + ".predictions"), Predictions(model));
        }
    }
}
