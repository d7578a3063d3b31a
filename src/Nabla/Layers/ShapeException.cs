namespace Nabla;

/// <summary>
/// A layer cannot accept the shape that enters it. The network adds which layer it is, and which one is before it.
/// </summary>
public sealed class ShapeException : ArgumentException
{
    private readonly string? reason;

    /// <summary>Creates an exception for a layer that expects something else.</summary>
    /// <param name="expected">What the layer expects: “16 inputs”, “images of at least 5 × 5 pixels”.</param>
    public ShapeException(string expected) : base($"The layer expects {expected}.") => Expected = expected;

    private ShapeException(string expected, string reason) : base(reason) =>
        (Expected, this.reason) = (expected, reason);

    /// <summary>What the layer expects.</summary>
    public string Expected { get; }

    /// <summary>
    /// For a layer whose reason is more than what it expects: a whole sentence, which will follow the layer's name.
    /// </summary>
    internal static ShapeException Because(string reason) => new("another place in the network", reason);

    /// <summary>
    /// The message for a layer at its position: “Layer 3 (Dense) expects 16 inputs, but layer 2 (Sigmoid) gives 10.”
    /// </summary>
    internal string InPlace(string place, IReadOnlyList<Layer> layers, int l, Shape given) => reason is not null
        ? $"{place} {l + 1} ({layers[l].Name}): {reason}"
        : $"{place} {l + 1} ({layers[l].Name}) expects {Expected}, but " +
          $"{(l == 0 ? "the input is" : $"{place.ToLowerInvariant()} {l} ({layers[l - 1].Name}) gives")} {given}.";
}
