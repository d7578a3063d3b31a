using Nabla.Data;

namespace Nabla.Cli;

/// <summary>Reads the names that are given to options, and returns them as the files of a run write them.</summary>
internal static class SettingNames
{
    private static readonly string[] optimizers = ["sgd", "adam", "adamw", "rmsprop", "muon"];

    /// <summary>Other names of the losses.</summary>
    private static readonly Dictionary<string, string> synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mse"] = "squared-error",
        ["mean-squared-error"] = "squared-error",
        ["cross-entropy"] = "softmax-cross-entropy",
        ["categorical-cross-entropy"] = "softmax-cross-entropy",
        ["bce"] = "sigmoid-cross-entropy",
        ["binary-cross-entropy"] = "sigmoid-cross-entropy",
    };

    /// <summary>The name of an optimiser; null for null.</summary>
    /// <exception cref="FormatException">There is no such optimiser.</exception>
    public static string? Optimizer(string? name) => Known(name, optimizers, "optimizer");

    /// <summary>The loss with its settings, “huber 0.5”; null for null.</summary>
    /// <exception cref="FormatException">There is no such loss, or a setting is wrong.</exception>
    public static string? Loss(string? text)
    {
        if (text is null)
            return null;
        var name = text.Trim().Split(' ')[0];
        return Parse.Loss(Known(name, Parse.LossNames, "loss") + text.Trim()[name.Length..]).Description;
    }

    /// <summary>The loss, with weights that balance the classes if <c>--class-weights balanced</c> was given.</summary>
    /// <exception cref="FormatException">The option does not fit the loss or the data.</exception>
    public static string Weighted(string loss, string? weights, Dataset data) =>
        (weights?.Trim(), Parse.Loss(loss)) switch
        {
            (null, _) => loss,
            ("balanced", SoftmaxCrossEntropy { ClassWeights.Count: > 0 }) => throw new FormatException(
                $"--class-weights balanced and the weights in --loss \"{loss}\" contradict each other. Leave one of " +
                "them out."),
            ("balanced", SoftmaxCrossEntropy plain) when data.HasClasses => new SoftmaxCrossEntropy
            {
                Smoothing = plain.Smoothing,
                ClassWeights = data.BalancedClassWeights(),
            }.Description,
            ("balanced", _) => throw new FormatException(
                $"--class-weights is for the loss softmax-cross-entropy and data with classes, but the loss is {loss}" +
                $"{(data.HasClasses ? "" : " and the data has no classes")}. Leave one of them out."),
            _ => throw new FormatException(
                $"--class-weights is '{weights}', but 'balanced' is expected. Give other weights with the loss: " +
                "--loss \"softmax-cross-entropy weights 1 2 0.5\"."),
        };

    /// <summary>The full list of an augmentation; null for “none”.</summary>
    /// <exception cref="FormatException">There is no such augmentation.</exception>
    public static string? Augmentation(string? text) =>
        text is null || text.Trim().Equals("none", StringComparison.OrdinalIgnoreCase)
            ? null
            : Parse.Augmentation(text).Description;

    private static string? Known(string? name, IReadOnlyList<string> known, string what)
    {
        if (name is null)
            return null;
        var found = known.FirstOrDefault(
            candidate => candidate.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));
        return found ?? throw new FormatException(
            $"There is no {what} '{Excerpt.Of(name)}'. " +
            $"{(Guess(name.Trim(), known) is { } guess ? $"Did you mean '{guess}'? " : "")}" +
            $"Known are: {string.Join(", ", known)}.");
    }

    /// <summary>The name that was probably meant: a synonym, a misspelling or an abbreviation.</summary>
    private static string? Guess(string name, IReadOnlyList<string> known) =>
        synonyms.TryGetValue(name, out var other) && known.Contains(other)
            ? other
            : Spelling.Nearest(name, known) ?? known.FirstOrDefault(
                candidate => name.Length > 1 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase));
}
