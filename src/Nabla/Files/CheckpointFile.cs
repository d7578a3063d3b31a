using System.Globalization;
using System.Text.Json;

namespace Nabla;

/// <summary>
/// Saves and loads checkpoints as safetensors files. Rows of values are tensors of one dimension. Whole numbers are
/// tensors of shape [n, 2], each number as 65536 · first + second, which float32 holds exactly. Single numbers, strings
/// and settings are JSON strings in the metadata. Nothing in the file is ever executed.
/// </summary>
public static class CheckpointFile
{
    /// <summary>The key in the metadata that marks a file as a checkpoint.</summary>
    internal const string VersionKey = "nabla.checkpoint";

    private const string SettingsKey = "nabla.settings", NumbersKey = "nabla.numbers", TextsKey = "nabla.texts";
    private const string Version = "1";
    private const int Half = 1 << 16;

    /// <summary>Saves a checkpoint, whole or not at all.</summary>
    /// <exception cref="IOException">
    /// The file cannot be written. The old file, if there was one, is unchanged.
    /// </exception>
    public static void Save(Checkpoint checkpoint, string path)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ToFile(checkpoint).Save(path);
    }

    /// <summary>Writes the bytes of a checkpoint file to a stream.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public static void Save(Checkpoint checkpoint, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ToFile(checkpoint).Save(stream);
    }

    /// <summary>Loads a checkpoint that <see cref="Save(Checkpoint, string)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is not a checkpoint, or is damaged; the message says where and what to do.
    /// </exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static Checkpoint Load(string path) => FromFile(Safetensors.Load(path), path);

    /// <summary>Loads a checkpoint from a stream.</summary>
    /// <param name="stream">The bytes of a checkpoint file. It must be seekable.</param>
    /// <param name="name">The name of the stream in messages.</param>
    /// <exception cref="InvalidDataException">
    /// It is not a checkpoint, or is damaged; the message says where and what to do.
    /// </exception>
    public static Checkpoint Load(Stream stream, string name = "The stream") =>
        FromFile(Safetensors.Load(stream, name), name);

    /// <summary>The content of the file.</summary>
    internal static Safetensors ToFile(Checkpoint checkpoint)
    {
        var state = checkpoint.State;
        return new(
            [
                .. state.Rows.Select(pair => new Tensor(pair.Key, [pair.Value.Length], pair.Value)),
                .. state.Wholes.Select(pair => new Tensor(pair.Key, [pair.Value.Length, 2], Halves(pair.Value))),
            ],
            new Dictionary<string, string>
            {
                [VersionKey] = Version,
                [SettingsKey] = JsonText.OfMap(checkpoint.Settings),
                [NumbersKey] = JsonText.OfMap(
                    state.Numbers.ToDictionary(pair => pair.Key, pair => string.Join(' ', pair.Value.Select(Text)))),
                [TextsKey] = JsonText.OfMap(
                    state.Texts.ToDictionary(pair => pair.Key, pair => JsonText.OfList(pair.Value))),
            });
    }

    /// <summary>The checkpoint that a file holds.</summary>
    /// <exception cref="InvalidDataException">The file is not a checkpoint, or contradicts itself.</exception>
    internal static Checkpoint FromFile(Safetensors content, string file)
    {
        var version = Required(content, VersionKey, file);
        if (version != Version)
            throw new InvalidDataException(
                $"{file} has version {Excerpt.Quoted(version)} of the checkpoint format; this Nabla reads version " +
                $"{Version}. " +
                "Resume with the Nabla that wrote it.");
        var state = new SavedState();
        foreach (var tensor in content.Tensors)
            if (tensor.Shape is [_])
                state.Rows.Add(tensor.Name, tensor.Values.ToArray());
            else if (tensor.Shape is [_, 2])
                state.Wholes.Add(tensor.Name, Joined(tensor, file));
            else
                throw new InvalidDataException(
                    $"{file}: tensor {Excerpt.Quoted(tensor.Name)} has the shape {Tensor.ShapeText(tensor.Shape)}, " +
                    $"but [n] or [n, 2] is expected. {SafetensorsReader.Damaged}");
        foreach (var (name, text) in Map(content, NumbersKey, file))
            state.Numbers.Add(name, Numbers(name, text, file));
        foreach (var (name, text) in Map(content, TextsKey, file))
            state.Texts.Add(name, [.. Json(() => JsonText.ToList(text), TextsKey, file)]);
        var (epoch, step) = (Position(state, "epoch", file), Position(state, "step", file));
        return new(state, Map(content, SettingsKey, file), epoch, step) { Origin = file };
    }

    private static string Required(Safetensors content, string key, string file) =>
        content.Metadata.TryGetValue(key, out var text)
            ? text
            : throw new InvalidDataException(
                $"{file} is not a checkpoint: its metadata has no '{key}'. Give the checkpoint that the training " +
                "wrote.");

    private static Dictionary<string, string> Map(Safetensors content, string key, string file) =>
        Json(() => JsonText.ToMap(Required(content, key, file)), key, file);

    private static T Json<T>(Func<T> read, string key, string file)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{file}: '{key}' is wrong. {Excerpt.OfMessage(e)}. {SafetensorsReader.Damaged}", e);
        }
    }

    private static double[] Numbers(string name, string text, string file)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[words.Length];
        for (var i = 0; i < numbers.Length; i++)
            if (!double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                throw new InvalidDataException(
                    $"{file}: {Excerpt.Quoted(name)} is {Excerpt.Quoted(text)}, but numbers are expected. " +
                    SafetensorsReader.Damaged);
        return numbers;
    }

    private static int Position(SavedState state, string name, string file) =>
        state.Numbers.TryGetValue(name, out var numbers)
            && numbers is [>= 0 and <= int.MaxValue and var number] && number == Math.Floor(number)
            ? (int)number
            : throw new InvalidDataException(
                $"{file}: it does not say which {name} the training has reached. {SafetensorsReader.Damaged}");

    private static float[] Halves(int[] numbers)
    {
        var halves = new float[2 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            (halves[2 * i], halves[2 * i + 1]) = (numbers[i] / Half, numbers[i] % Half);
        return halves;
    }

    private static int[] Joined(Tensor tensor, string file)
    {
        var halves = tensor.Values.Span;
        var numbers = new int[halves.Length / 2];
        for (var i = 0; i < numbers.Length; i++)
        {
            var (high, low) = (halves[2 * i], halves[2 * i + 1]);
            if (!(high is >= 0 and < Half / 2 && low is >= 0 and < Half
                && high == MathF.Floor(high) && low == MathF.Floor(low)))
                throw new InvalidDataException(
                    $"{file}: {Excerpt.Quoted(tensor.Name)}[{i}] is {high}, {low}, but whole numbers below {Half} " +
                    "are " +
                    $"expected. {SafetensorsReader.Damaged}");
            numbers[i] = (int)high * Half + (int)low;
        }
        return numbers;
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
