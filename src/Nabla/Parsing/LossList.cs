namespace Nabla;

/// <summary>
/// Reads losses from text, as the command and the model files write them: “squared-error”, “huber 0.5”,
/// “softmax-cross-entropy smoothing 0.1 weights 1 2 1”, “sigmoid-cross-entropy positive-weight 3”.
/// </summary>
internal static class LossList
{
    private static readonly (string Name, string[] Settings, Func<LossSettings, Loss> Make)[] makers =
    [
        ("squared-error", [], _ => new SquaredError()),
        ("absolute-error", [], _ => new AbsoluteError()),
        ("huber", [LossSettings.Unnamed], settings => new Huber(settings.One(LossSettings.Unnamed) ?? 1)),
        ("softmax-cross-entropy", ["smoothing", "weights"],
            settings => new SoftmaxCrossEntropy
            {
                Smoothing = settings.One("smoothing") ?? 0,
                ClassWeights = settings.All("weights"),
            }),
        ("sigmoid-cross-entropy", ["positive-weight"],
            settings => new SigmoidCrossEntropy { PositiveWeight = settings.One("positive-weight") ?? 1 }),
    ];

    /// <summary>The names of all losses.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. makers.Select(maker => maker.Name)];

    /// <summary>
    /// Makes the loss that <paramref name="text"/> names, with the settings after the name. Case does not matter.
    /// </summary>
    /// <exception cref="FormatException">
    /// There is no such loss, or a setting is wrong; the message says what is known.
    /// </exception>
    public static Loss Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var wanted = words.FirstOrDefault("");
        foreach (var (name, settings, make) in makers)
            if (name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                return Make(make, LossSettings.Read(words.AsSpan(1), settings, name), name);
        var guess = Spelling.Nearest(wanted, Names);
        throw new FormatException(
            $"There is no loss '{Excerpt.Of(wanted)}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}" +
            $"Known are: {string.Join(", ", Names)}.");
    }

    private static Loss Make(Func<LossSettings, Loss> make, LossSettings settings, string name)
    {
        try
        {
            return make(settings);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"{name}: {PlainMessage.Of(e)}", e);
        }
    }
}
