namespace Nabla.Formulas;

/// <summary>A formula with one input: y = f(x).</summary>
internal interface IUnaryFormula
{
    /// <summary>f(x).</summary>
    public V Of<V>(V x) where V : struct, ILanes<V>;
}

/// <summary>A formula with two inputs: y = f(a, b).</summary>
internal interface IBinaryFormula
{
    /// <summary>f(a, b).</summary>
    public V Of<V>(V a, V b) where V : struct, ILanes<V>;
}

/// <summary>A formula with three inputs: y = f(a, b, c).</summary>
internal interface ITernaryFormula
{
    /// <summary>f(a, b, c).</summary>
    public V Of<V>(V a, V b, V c) where V : struct, ILanes<V>;
}
