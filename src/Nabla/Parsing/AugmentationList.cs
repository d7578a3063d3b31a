using System.Globalization;
using Nabla.Data;

namespace Nabla;

/// <summary>
/// Reads augmentations from text, as the command and its files write them: “elastic 6 36, rotate 10, shift 2”.
/// </summary>
internal static class AugmentationList
{
    private static readonly Kind[] kinds =
    [
        new("shift", "the most pixels", "shift 2", values => new RandomShift(Whole(values[0]))),
        new("rotate", "the largest angle in degrees", "rotate 10", values => new RandomRotation(values[0])),
        new("scale", "how far the factors may be from 1", "scale 0.1", values => new RandomScale(values[0])),
        new("shear", "the largest angle in degrees", "shear 10", values => new RandomShear(values[0])),
        new("elastic", "two numbers, σ and α", "elastic 6 36", values => new RandomElastic(values[0], values[1])),
        new("cutout", "the side of the square in pixels", "cutout 8", values => new RandomCutOut(Whole(values[0]))),
    ];

    private static readonly (string Name, string Text)[] presets =
    [
        ("light", "shift 1, rotate 7.5, scale 0.1"),
        ("elastic", "elastic 6 36, rotate 7.5, scale 0.1"),
    ];

    /// <summary>The names of all distortions.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. kinds.Select(kind => kind.Name)];

    /// <summary>
    /// The names of ready-made augmentations, <c>light</c> and <c>elastic</c>, both for images of about 28 × 28.
    /// </summary>
    public static IReadOnlyList<string> Presets { get; } = [.. presets.Select(preset => preset.Name)];

    /// <summary>
    /// Makes the augmentation that <paramref name="text"/> names (<see cref="Presets"/>) or lists: “elastic 6 36,
    /// rotate 10, shift 2, background 255”. Case does not matter.
    /// </summary>
    /// <exception cref="FormatException">The text is not an augmentation; the message says where and why.</exception>
    public static Augmentation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (name, list) in presets)
            if (Is(name, text.Trim()))
                return Parse(list);
        var distortions = new List<RandomDistortion>();
        byte? background = null;
        var items = text.Split(',');
        for (var i = 0; i < items.Length; i++)
        {
            var where = $"Part {i + 1} of '{Excerpt.Of(text)}'";
            var words = items[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                throw new FormatException(
                    $"{where} is empty. Write {string.Join(", ", Presets)}, or a list such as " +
                    "\"elastic 6 36, rotate 10, shift 2\".");
            try
            {
                if (Is(Augmentation.BackgroundName, words[0]))
                    background = background is null
                        ? Background(words, where)
                        : throw new FormatException($"{where}: the background is given twice. Leave one of them out.");
                else
                    distortions.Add(Make(words, where));
            }
            catch (ArgumentException wrong)
            {
                throw new FormatException($"{where}: {PlainMessage.Of(wrong)}", wrong);
            }
        }
        try
        {
            return new Augmentation([.. distortions]) { Background = background ?? 0 };
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException($"'{Excerpt.Of(text)}': {PlainMessage.Of(wrong)}", wrong);
        }
    }

    private static RandomDistortion Make(string[] words, string where)
    {
        var kind = kinds.FirstOrDefault(kind => Is(kind.Name, words[0])) ?? throw Unknown(words[0], where);
        var values = new double[words.Length - 1];
        for (var i = 0; i < values.Length; i++)
            if (!double.TryParse(words[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
                throw WrongValues(kind, words, where);
        return values.Length == kind.Count ? kind.Make(values) : throw WrongValues(kind, words, where);
    }

    private static byte Background(string[] words, string where) =>
        words.Length == 2 && byte.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pixel)
            ? pixel
            : throw new FormatException(
                $"{where}: '{Augmentation.BackgroundName}' takes a whole number from 0, black, to 255, white, " +
                $"as in \"{Augmentation.BackgroundName} 255\"; found '{string.Join(' ', words)}'.");

    private static int Whole(double number) => number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
        ? (int)number
        : throw new ArgumentException($"A whole number of pixels is expected; found {number}.");

    private static FormatException WrongValues(Kind kind, string[] words, string where) => new(
        $"{where}: '{kind.Name}' takes {kind.Takes}, as in \"{kind.Example}\"; found '{string.Join(' ', words)}'. " +
        "Separate the parts with commas.");

    private static FormatException Unknown(string name, string where)
    {
        string[] known = [.. Names, Augmentation.BackgroundName];
        if (Presets.FirstOrDefault(preset => Is(preset, name)) is { } preset)
            return new(
                $"{where}: '{preset}' stands for a whole list, so it cannot be part of one. " +
                $"Write the list instead: \"{presets.First(p => p.Name == preset).Text}\".");
        var guess = Spelling.Nearest(name, [.. known, .. Presets]);
        return new(
            $"{where}: there is no distortion '{name}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}" +
            $"Known are: {string.Join(", ", known)}; on their own, also {string.Join(", ", Presets)}.");
    }

    private static bool Is(string name, string word) => name.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>A kind of distortion: its name, the values that follow, and how to make it.</summary>
    private sealed record Kind(string Name, string Takes, string Example, Func<double[], RandomDistortion> Make)
    {
        /// <summary>The number of values that follow the name.</summary>
        public int Count { get; } = Example.Count(char.IsWhiteSpace);
    }
}
