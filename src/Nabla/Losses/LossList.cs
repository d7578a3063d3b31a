using Nabla.Text;

namespace Nabla.Losses;

/// <summary>Losses by name, as the command and the model files have them: “softmax-cross-entropy”.</summary>
public static class LossList
{
    private static readonly Func<Loss>[] makers = [() => new SquaredError(), () => new SoftmaxCrossEntropy(), () => new SigmoidCrossEntropy()];

    /// <summary>The names of all losses.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. makers.Select(make => make().Name)];

    /// <summary>Makes the loss of that name; capitals do not matter.</summary>
    /// <exception cref="FormatException">There is no such loss; the message says which there are.</exception>
    public static Loss Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var make in makers)
            if (make() is var loss && loss.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
                return loss;
        var guess = Spelling.Nearest(name.Trim(), Names);
        throw new FormatException(
            $"There is no loss '{name}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}Known are: {string.Join(", ", Names)}.");
    }
}
