using System.Globalization;
using System.Text.Json;
using Nabla.Data;

namespace Nabla;

/// <summary>
/// Converts a model to the tensors and strings of a safetensors file, and back. <see cref="Model"/> describes the keys.
/// </summary>
internal static class ModelFormat
{
    /// <summary>The version of the format that is written, and the highest that can be read.</summary>
    public const int Version = 1;

    private const int MaxDescriptionLength = 1 << 16;
    private const string VersionKey = "nabla.version", NetworkKey = "nabla.network", InputsKey = "nabla.inputs",
        LossKey = "nabla.loss", ClassesKey = "nabla.classes", ImageKey = "nabla.image", TrainingKey = "nabla.training";

    /// <summary>The content of the file for a model. Checks first that it can be read again.</summary>
    public static Safetensors ToFile(Model model)
    {
        var network = model.Network;
        CheckNamed(network);
        CheckNamed(model.Loss);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",                          // PyTorch's layout; some of its tools require this key
            [VersionKey] = $"{Version}",
            [NetworkKey] = network.Description,
            [InputsKey] = TextOf(network.InputShape),
            [LossKey] = model.Loss.Description,
        };
        if (model.Classes.Count > 0)
            metadata[ClassesKey] = JsonText.OfList(model.Classes);
        if (model.ImageSize is { } size)
            metadata[ImageKey] = $"{size.Height}x{size.Width}";
        if (model.Training.Count > 0)
            metadata[TrainingKey] = JsonText.OfMap(model.Training);
        return new(ModelWeights.Tensors(network), metadata);
    }

    /// <summary>The model that a file holds.</summary>
    /// <exception cref="InvalidDataException">The file is not a model, or contradicts itself.</exception>
    public static Model FromFile(Safetensors content, string file)
    {
        CheckVersion(content.Metadata, file);
        var text = Required(content.Metadata, NetworkKey, file);
        var inputs = ShapeOf(Required(content.Metadata, InputsKey, file))
            ?? throw Wrong(content, InputsKey, "784, or 1x28x28, numbers from 1 on,", file);
        if (text.Length > MaxDescriptionLength)
            throw Wrong(content, NetworkKey, $"at most {MaxDescriptionLength} characters", file);
        var loss = Required(content.Metadata, LossKey, file);
        if (loss.Length > MaxDescriptionLength)
            throw Wrong(content, LossKey, $"at most {MaxDescriptionLength} characters", file);
        try
        {
            var network = ModelWeights.Restore(inputs, Parse.Layers(text), content, file);
            return new Model(network, Parse.Loss(loss))
            {
                Classes = Text(ClassesKey) is { } classes ? JsonText.ToList(classes) : [],
                ImageSize = Text(ImageKey) is not { } image ? null
                    : Size(image) ?? throw Wrong(content, ImageKey, "28x28, height first", file),
                Training = JsonText.ToMap(Text(TrainingKey) ?? "{}"),
            };
        }
        catch (Exception e) when (e is FormatException or ArgumentException or JsonException)
        {
            throw new InvalidDataException(
                $"{file}: the description of the model is wrong. {Excerpt.OfMessage(e)}. " +
                $"{SafetensorsReader.Damaged}", e);
        }

        string? Text(string key) => content.Metadata.GetValueOrDefault(key);
    }

    private static void CheckVersion(IReadOnlyDictionary<string, string> metadata, string file)
    {
        if (metadata.ContainsKey(CheckpointFile.VersionKey))
            throw new InvalidDataException(
                $"{file} is a checkpoint, from which a training resumes, not a model. Use best.safetensors or " +
                "last.safetensors beside it.");
        if (!metadata.TryGetValue(VersionKey, out var text))
            throw new InvalidDataException(
                $"{file} does not describe its network: its metadata has no '{VersionKey}', so Nabla did not save " +
                "it. " +
                "Give the network as well: Model.Load(path, \"dense 16, sigmoid, dense 10\", inputs: 784, new " +
                "SquaredError())");
        if (Whole(text) is not { } version)
            throw new InvalidDataException(
                $"{file}: '{VersionKey}' is {Excerpt.Quoted(text)}, but a whole number is expected. " +
                $"{SafetensorsReader.Damaged}");
        if (version > Version)
            throw new InvalidDataException(
                $"{file} has format version {version} and was made by a newer Nabla; this one reads versions up to " +
                $"{Version}. Update Nabla.");
    }

    /// <summary>Throws unless each layer, written as text, is read as the same layer again.</summary>
    private static void CheckNamed(Network network)
    {
        foreach (var (layer, number) in network.Layers.Select((layer, l) => (layer, l + 1)))
            if (!IsReadAgain(layer))
                throw new NotSupportedException(
                    $"The model was not saved: layer {number} ({layer.Name}) would be written as " +
                    $"'{layer.Description}', from " +
                    "which it could not be made again. Your own layers cannot be in a model file; save your tensors " +
                    "with " +
                    $"{nameof(Safetensors)} instead.");
        if (network.Description.Length > MaxDescriptionLength)
            throw new NotSupportedException(
                $"The model was not saved: the list of its layers is longer than {MaxDescriptionLength} characters.");
    }

    private static bool IsReadAgain(Layer layer)
    {
        try
        {
            return Parse.Layers(layer.Description) is [var again] && AreSame(layer, again);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether two layers, and those inside them, are of the same kind and written in the same way.</summary>
    internal static bool AreSame(Layer layer, Layer again) =>
        again.GetType() == layer.GetType() && again.Description == layer.Description
        && again.Inner.Count == layer.Inner.Count
        && layer.Inner.Zip(again.Inner).All(pair => AreSame(pair.First, pair.Second));

    private static void CheckNamed(Loss loss)
    {
        if (!IsReadAgain(loss))
            throw new NotSupportedException(
                $"The model was not saved: the loss '{loss.Description}' is not one that a file can name. Known " +
                $"are: {string.Join(", ", Parse.LossNames)}.");
        if (loss.Description.Length > MaxDescriptionLength)
            throw new NotSupportedException(
                $"The model was not saved: the loss with its settings is longer than {MaxDescriptionLength} " +
                "characters.");
    }

    /// <summary>Whether the loss, written as text, is read as the same loss again.</summary>
    private static bool IsReadAgain(Loss loss)
    {
        try
        {
            var again = Parse.Loss(loss.Description);
            return again.GetType() == loss.GetType() && again.Description == loss.Description;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Required(IReadOnlyDictionary<string, string> metadata, string key, string file) =>
        metadata.TryGetValue(key, out var text)
            ? text
            : throw new InvalidDataException(
                $"{file}: the metadata has no '{key}', which says how to use the weights. {SafetensorsReader.Damaged}");

    private static InvalidDataException Wrong(Safetensors content, string key, string expected, string file) =>
        new(
            $"{file}: '{key}' is {Excerpt.Quoted(content.Metadata[key])}, but {expected} is expected. " +
            $"{SafetensorsReader.Damaged}");

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;

    private static string TextOf(Shape shape) =>
        shape.IsFlat ? $"{shape.Channels}" : $"{shape.Channels}x{shape.Height}x{shape.Width}";

    private static Shape? ShapeOf(string text) => text.Split('x') switch
    {
        [var count] when Whole(count) is { } c => Shape.Flat(c),
        [var channels, var height, var width] when Whole(channels) is { } c && Whole(height) is { } h
            && Whole(width) is { } w && (Int128)c * h * w <= Array.MaxLength => new(c, h, w),
        _ => null,
    };

    private static ImageSize? Size(string text) =>
        text.Split('x') is [var height, var width] && Whole(height) is { } h && Whole(width) is { } w
            ? new ImageSize(h, w)
            : null;
}
