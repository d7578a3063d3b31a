namespace Nabla.Inspection;

/// <summary>Explains why the cost of one example changes with one weight as it does.</summary>
/// <param name="Name">“W₁[3, 200]”; the subscript is the layer, from 1.</param>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Output">o, the neuron that the weight leads to, from 0.</param>
/// <param name="Input">i, the input that the weight comes from, from 0.</param>
/// <param name="Weight">The weight itself.</param>
/// <param name="Cost">C, the cost of the example.</param>
/// <param name="Factors">The links of the chain, from the weight to the cost.</param>
/// <param name="Stored">∂C/∂W[o, i] as backpropagation left it in the network's gradients.</param>
/// <param name="Numeric">∂C/∂W[o, i], computed numerically:
/// change the weight a little, and see how the cost changes.</param>
public sealed record WeightExplanation(
    string Name, int Layer, int Output, int Input, double Weight, double Cost,
    IReadOnlyList<ChainRuleFactor> Factors, double Stored, NumericDerivative Numeric)
{
    /// <summary>∂C/∂W[o, i] as the product of the factors.</summary>
    public double Product => Factors.Aggregate(1.0, (product, factor) => product * factor.Value);
}

/// <summary>One link of the chain.</summary>
/// <param name="Name">The derivative that it is: “∂a₂[3]/∂z₁[3]”.</param>
/// <param name="Formula">What it is equal to: “a·(1 − a)”.</param>
/// <param name="Explanation">Where it comes from, in words: “the slope of layer 2 (sigmoid)”.</param>
/// <param name="Value">Its value.</param>
/// <param name="Numbers">The values of the variables in the formula, by name.</param>
/// <param name="Terms">The terms of the sum that it is; empty if it is not a sum.</param>
public sealed record ChainRuleFactor(
    string Name, string Formula, string Explanation, double Value,
    IReadOnlyList<(string Name, double Value)> Numbers, IReadOnlyList<ChainRuleTerm> Terms);

/// <summary>One path through the next layer: how strongly the neuron drives an output of that layer,
/// times how much the cost cares about that output.</summary>
/// <param name="LinkName">“W₃[0, 3]”, or “∂a₂[0]/∂z₁[3]”.</param>
/// <param name="Link">How strongly the neuron drives the output.</param>
/// <param name="DeltaName">“∂C/∂z₃[0]”.</param>
/// <param name="Delta">How much the cost cares about the output, δ.</param>
public sealed record ChainRuleTerm(string LinkName, double Link, string DeltaName, double Delta)
{
    /// <summary>What this path adds to the sum.</summary>
    public double Product => Link * Delta;
}
