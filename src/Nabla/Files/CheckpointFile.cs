using System.Globalization;
using System.Text.Json;

namespace Nabla;

/// <summary>
/// Checkpoints as safetensors files. Rows of numbers are tensors of one dimension; whole numbers are tensors of shape [n, 2], each as 65536 · first + second, which
/// float32 holds exactly; single numbers, texts and settings are JSON strings in the metadata. Nothing in it is ever executed.
/// </summary>
public static class CheckpointFile
{
    /// <summary>What says in the metadata that a file is a checkpoint.</summary>
    internal const string VersionKey = "nabla.checkpoint";

    private const string SettingsKey = "nabla.settings", NumbersKey = "nabla.numbers", TextsKey = "nabla.texts";
    private const string Version = "1";
    private const int Half = 1 << 16;

    /// <summary>Saves it, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written. Whatever goes wrong, what was there before is unchanged.</exception>
    public static void Save(Checkpoint checkpoint, string path)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ToFile(checkpoint).Save(path);
    }

    /// <summary>Loads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is no checkpoint, or damaged; the message says where and what to do.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Checkpoint Load(string path) => FromFile(Safetensors.Load(path), path);

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
                [NumbersKey] = JsonText.OfMap(state.Numbers.ToDictionary(pair => pair.Key, pair => string.Join(' ', pair.Value.Select(Text)))),
                [TextsKey] = JsonText.OfMap(state.Texts.ToDictionary(pair => pair.Key, pair => JsonText.OfList(pair.Value))),
            });
    }

    /// <summary>The checkpoint that a file holds.</summary>
    /// <exception cref="InvalidDataException">The file is none, or contradicts itself.</exception>
    internal static Checkpoint FromFile(Safetensors content, string file)
    {
        var version = Required(content, VersionKey, file);
        if (version != Version)
            throw new InvalidDataException($"{file} has version {JsonText.Quote(version)} of the format of checkpoints; this Nabla reads version {Version}. Go on with the Nabla that wrote it.");
        var state = new SavedState();
        foreach (var tensor in content.Tensors)
            if (tensor.Shape is [_])
                state.Rows.Add(tensor.Name, tensor.Values.ToArray());
            else if (tensor.Shape is [_, 2])
                state.Wholes.Add(tensor.Name, Joined(tensor, file));
            else
                throw new InvalidDataException($"{file}: tensor {JsonText.Quote(tensor.Name)} has the shape {Tensor.ShapeText(tensor.Shape)}, but [n] or [n, 2] is expected. {SafetensorsReader.Damaged}");
        foreach (var (name, text) in Map(content, NumbersKey, file))
            state.Numbers.Add(name, Numbers(name, text, file));
        foreach (var (name, text) in Map(content, TextsKey, file))
            state.Texts.Add(name, [.. Json(() => JsonText.ToList(text), TextsKey, file)]);
        return new(state, Map(content, SettingsKey, file), Place(state, "epoch", file), Place(state, "step", file)) { Origin = file };
    }

    private static string Required(Safetensors content, string key, string file) => content.Metadata.TryGetValue(key, out var text)
        ? text
        : throw new InvalidDataException($"{file} is no checkpoint of a training: its metadata has no '{key}'. Give the file that the training wrote to go on from.");

    private static Dictionary<string, string> Map(Safetensors content, string key, string file) => Json(() => JsonText.ToMap(Required(content, key, file)), key, file);

    private static T Json<T>(Func<T> read, string key, string file)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: '{key}' is wrong. {JsonText.Reason(e)}. {SafetensorsReader.Damaged}", e);
        }
    }

    private static double[] Numbers(string name, string text, string file) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"{file}: {JsonText.Quote(name)} is {JsonText.Quote(text)}, but numbers are expected. {SafetensorsReader.Damaged}"))];

    private static int Place(SavedState state, string name, string file) =>
        state.Numbers.TryGetValue(name, out var numbers) && numbers is [>= 0 and <= int.MaxValue and var number] && number == Math.Floor(number)
            ? (int)number
            : throw new InvalidDataException($"{file}: it does not say at which {name} the training stands. {SafetensorsReader.Damaged}");

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
            if (!(high >= 0 && high < Half / 2 && low >= 0 && low < Half && high == MathF.Floor(high) && low == MathF.Floor(low)))
                throw new InvalidDataException($"{file}: {JsonText.Quote(tensor.Name)}[{i}] is {high}, {low}, but whole numbers below {Half} are expected. {SafetensorsReader.Damaged}");
            numbers[i] = (int)high * Half + (int)low;
        }
        return numbers;
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
