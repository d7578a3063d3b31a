using System.Globalization;

namespace Nabla;

/// <summary>
/// Makes the layers over images from text in which values have names: “conv 32 3 stride 2 padding 1”.
/// </summary>
internal static class LayerWords
{
    public static Layer Conv2D(string[] words, string where)
    {
        const string expected = "takes the number of filters and the size of the window, then, where they are not " +
            "the usual ones, stride, padding (or 'same'), dilation, groups and no-bias, " +
            "as in \"conv 32 3 stride 2 padding 1\"";
        var named = new NamedValues(words, count: 2, expected, where);
        int filters = named.Value(0), kernel = named.Value(1);
        int dilation = named.Take("dilation", 1), groups = named.Take("groups", 1);
        var same = named.TakeWord("same");
        if (same && (kernel % 2 == 0 || words.Contains("padding", StringComparer.OrdinalIgnoreCase)))
            throw named.Wrong("'same' needs an odd window, and replaces the padding");
        var half = same ? (long)dilation * (kernel - 1) / 2 : 0;
        if (half > int.MaxValue)
            throw named.Wrong("the window is too large");
        if (filters % groups != 0)
            throw named.Wrong($"{groups} groups do not divide {filters} filters");
        var layer = new Conv2D(filters, kernel)
        {
            Stride = named.Take("stride", 1),
            Padding = same ? (int)half : named.Take("padding", 0, least: 0),
            Dilation = dilation,
            Groups = groups,
            HasBias = !named.TakeWord("no-bias"),
        };
        return named.Finish(layer);
    }

    public static Layer MaxPool2D(string[] words, string where) =>
        Pool(words, where, (kernel, stride, padding) => new MaxPool2D(kernel, stride, padding));

    public static Layer AveragePool2D(string[] words, string where) =>
        Pool(words, where, (kernel, stride, padding) => new AveragePool2D(kernel, stride, padding));

    private static Layer Pool(string[] words, string where, Func<int, int, int, Layer> make)
    {
        var named = new NamedValues(
            words, count: 1,
            "takes the size of the window, then, where they are not the usual ones, stride and padding, " +
            $"as in \"{words[0]} 3 stride 2\"",
            where);
        int kernel = named.Value(0);
        int stride = named.Take("stride", kernel), padding = named.Take("padding", 0, least: 0);
        if (kernel > Pool2D.MostKernel)
            throw named.Wrong($"a window is at most {Pool2D.MostKernel} pixels wide");
        if (padding > kernel / 2)
            throw named.Wrong("the padding is more than half the window");
        return named.Finish(make(kernel, stride, padding));
    }

    /// <summary>The words of one layer: its name, some values, then names with one value each, in any order.</summary>
    private sealed class NamedValues
    {
        private readonly string[] words;
        private readonly string expected, where;
        private readonly List<string> rest;

        public NamedValues(string[] words, int count, string expected, string where)
        {
            (this.words, this.expected, this.where) = (words, expected, where);
            if (words.Length <= count)
                throw Wrong();
            rest = [.. words.Skip(1 + count)];
        }

        /// <summary>The value at an index from 0.</summary>
        public int Value(int index) => Parse(words[1 + index], least: 1);

        /// <summary>
        /// Removes a name with its value, and returns the value; the usual one if the name is missing.
        /// </summary>
        public int Take(string name, int usual, int least = 1)
        {
            var at = rest.FindIndex(word => word.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at < 0)
                return usual;
            if (at + 1 == rest.Count)
                throw Wrong($"a number is missing after '{name}'");
            var number = Parse(rest[at + 1], least);
            rest.RemoveRange(at, 2);
            return number;
        }

        /// <summary>Removes a word, and returns whether it was there.</summary>
        public bool TakeWord(string word) =>
            rest.RemoveAll(other => other.Equals(word, StringComparison.OrdinalIgnoreCase)) > 0;

        /// <summary>Returns the layer, if no words are left.</summary>
        public Layer Finish(Layer layer) => rest.Count == 0 ? layer : throw Wrong($"'{rest[0]}' is not known");

        public FormatException Wrong(string? why = null) =>
            new($"{where}: '{words[0]}' {expected}; found '{string.Join(' ', words)}'" +
                $"{(why is null ? "" : $", where {why}")}.");

        private int Parse(string word, int least) =>
            int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= least
                ? number
                : throw Wrong($"'{word}' is not a whole number of at least {least}");
    }
}
