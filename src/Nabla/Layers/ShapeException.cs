using Nabla.Algebra;

namespace Nabla.Layers;

/// <summary>A layer cannot take what enters it. Whoever joins the layers adds which layer it is, and what came before it.</summary>
/// <param name="expected">What the layer expects: “16 inputs”, “images of at least 5 × 5 pixels”.</param>
public sealed class ShapeException(string expected) : ArgumentException($"The layer expects {expected}.")
{
    /// <summary>What the layer expects.</summary>
    public string Expected { get; } = expected;

    /// <summary>The message for a layer in its place: “Layer 3 (Dense) expects 16 inputs, but layer 2 (Sigmoid) gives 10.”</summary>
    internal string InPlace(string place, IReadOnlyList<Layer> layers, int l, Shape given) =>
        $"{Sentence(place)} {l + 1} ({layers[l].Name}) expects {Expected}, but {(l == 0 ? "the input is" : $"{place} {l} ({layers[l - 1].Name}) gives")} {given}.";

    private static string Sentence(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
