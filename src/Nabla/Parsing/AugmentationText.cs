using System.Globalization;
using Nabla.Data;

namespace Nabla;

/// <summary>Augmentations as text, as the command and its files have them: “elastic 6 36, rotate 10, shift 2”.</summary>
internal static class AugmentationText
{
    /// <summary>The name of what is no distortion: the pixel outside.</summary>
    public const string BackgroundName = "background";

    private static readonly Kind[] kinds =
    [
        new("shift", "the most pixels", "shift 2", numbers => new RandomShift(Whole(numbers[0]))),
        new("rotate", "the largest angle in degrees", "rotate 10", numbers => new RandomRotation(numbers[0])),
        new("scale", "how far the factors may be from 1", "scale 0.1", numbers => new RandomScale(numbers[0])),
        new("shear", "the largest angle in degrees", "shear 10", numbers => new RandomShear(numbers[0])),
        new("elastic", "two numbers, σ and α", "elastic 6 36", numbers => new RandomElastic(numbers[0], numbers[1])),
        new("cutout", "the side of the square in pixels", "cutout 8", numbers => new RandomCutOut(Whole(numbers[0]))),
    ];

    private static readonly (string Name, string Text)[] presets =
    [
        ("light", "shift 1, rotate 7.5, scale 0.1"),
        ("elastic", "elastic 6 36, rotate 7.5, scale 0.1"),
    ];

    /// <summary>The names of all distortions.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. kinds.Select(kind => kind.Name)];

    /// <summary>The names of the augmentations that are ready.</summary>
    public static IReadOnlyList<string> Presets { get; } = [.. presets.Select(preset => preset.Name)];

    /// <summary>Makes the augmentation that <paramref name="text"/> names or lists.</summary>
    public static Augmentation Parse(string text)
    {
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
                throw new FormatException($"{where} is empty. Write {Presets[0]}, {Presets[1]}, or a list such as \"elastic 6 36, rotate 10, shift 2\".");
            try
            {
                if (Is(BackgroundName, words[0]))
                    background = background is null ? Background(words, where) : throw new FormatException($"{where}: there is a background already.");
                else
                    distortions.Add(Make(words, where));
            }
            catch (ArgumentException wrong)
            {
                throw new FormatException($"{where}: {wrong.Message}", wrong);
            }
        }
        try
        {
            return new Augmentation([.. distortions]) { Background = background ?? 0 };
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException($"'{Excerpt.Of(text)}': {wrong.Message}", wrong);
        }
    }

    private static RandomDistortion Make(string[] words, string where)
    {
        var kind = kinds.FirstOrDefault(kind => Is(kind.Name, words[0])) ?? throw Unknown(words[0], where);
        var numbers = new double[words.Length - 1];
        for (var i = 0; i < numbers.Length; i++)
            if (!double.TryParse(words[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                throw WrongNumbers(kind, words, where);
        return numbers.Length == kind.Count ? kind.Make(numbers) : throw WrongNumbers(kind, words, where);
    }

    private static byte Background(string[] words, string where) =>
        words.Length == 2 && byte.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pixel)
            ? pixel
            : throw new FormatException(
                $"{where}: '{BackgroundName}' takes a whole number from 0, black, to 255, white, as in \"{BackgroundName} 255\"; found '{string.Join(' ', words)}'.");

    private static int Whole(double number) => number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
        ? (int)number
        : throw new ArgumentException($"A whole number of pixels is expected, but found is {number}.");

    private static FormatException WrongNumbers(Kind kind, string[] words, string where) => new(
        $"{where}: '{kind.Name}' takes {kind.Takes}, as in \"{kind.Example}\"; found '{string.Join(' ', words)}'. Commas stand between the parts.");

    private static FormatException Unknown(string name, string where)
    {
        string[] known = [.. Names, BackgroundName];
        if (Presets.FirstOrDefault(preset => Is(preset, name)) is { } preset)
            return new($"{where}: '{preset}' stands for a whole list, so it stands alone. Write out what it means: \"{presets.First(p => p.Name == preset).Text}\".");
        var guess = Spelling.Nearest(name, [.. known, .. Presets]);
        return new(
            $"{where}: there is no distortion '{name}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}" +
            $"Known are: {string.Join(", ", known)}; alone, also {string.Join(", ", Presets)}.");
    }

    private static bool Is(string name, string word) => name.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>A kind of distortion: its name, what follows it, and how it is made of that.</summary>
    private sealed record Kind(string Name, string Takes, string Example, Func<double[], RandomDistortion> Make)
    {
        /// <summary>How many numbers follow the name.</summary>
        public int Count { get; } = Example.Count(char.IsWhiteSpace);
    }
}
