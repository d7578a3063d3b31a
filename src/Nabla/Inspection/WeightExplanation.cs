namespace Nabla.Inspection;

/// <summary>Why the cost of one example changes with one weight as it does.</summary>
/// <param name="Name">“W₁[3, 200]”; the subscript is the layer, from 1.</param>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Output">o, the neuron that the weight leads to, from 0.</param>
/// <param name="Input">i, the input that it comes from, from 0.</param>
/// <param name="Weight">The weight itself.</param>
/// <param name="Cost">C, the cost of the example.</param>
/// <param name="Factors">The links of the chain, from the weight to the cost.</param>
/// <param name="Stored">∂C/∂W[o, i] as backpropagation left it in the network's gradients.</param>
/// <param name="Numeric">∂C/∂W[o, i] by trying: change the weight a little, and see what the cost does.</param>
public sealed record WeightExplanation(
    string Name, int Layer, int Output, int Input, double Weight, double Cost,
    IReadOnlyList<ChainRuleFactor> Factors, double Stored, NumericDerivative Numeric)
{
    /// <summary>∂C/∂W[o, i] as the product of the factors.</summary>
    public double Product => Factors.Aggregate(1.0, (product, factor) => product * factor.Value);
}

/// <summary>One link of the chain.</summary>
/// <param name="Name">What it is a derivative of, and with respect to what: “∂a₂[3]/∂z₁[3]”.</param>
/// <param name="Formula">What it is equal to: “a·(1 − a)”.</param>
/// <param name="Explanation">Where it comes from, in words: “the slope of layer 2 (sigmoid)”.</param>
/// <param name="Value">Its number.</param>
/// <param name="Numbers">The numbers that the formula speaks of, by name.</param>
/// <param name="Terms">What it is the sum of; empty where it is no sum.</param>
public sealed record ChainRuleFactor(
    string Name, string Formula, string Explanation, double Value,
    IReadOnlyList<(string Name, double Value)> Numbers, IReadOnlyList<ChainRuleTerm> Terms);

/// <summary>One way through the next layer: how strongly the neuron drives the next one, times how much the cost cares about that one.</summary>
/// <param name="LinkName">“W₃[0, 3]”, or “∂a₂[0]/∂z₁[3]”.</param>
/// <param name="Link">How strongly.</param>
/// <param name="DeltaName">“∂C/∂z₃[0]”.</param>
/// <param name="Delta">How much, δ.</param>
public sealed record ChainRuleTerm(string LinkName, double Link, string DeltaName, double Delta)
{
    /// <summary>What this way adds to the sum.</summary>
    public double Product => Link * Delta;
}
