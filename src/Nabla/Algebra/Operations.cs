using Nabla.Formulas;

namespace Nabla;

/// <summary>a + b, element by element: for <see cref="Matrix.Set{TFormula}(Matrix, Matrix, TFormula)"/>.</summary>
internal readonly struct Plus : IBinaryFormula
{
    public V Of<V>(V a, V b) where V : struct, ILanes<V> => a + b;
}

/// <summary>a · b, element by element.</summary>
internal readonly struct Times : IBinaryFormula
{
    public V Of<V>(V a, V b) where V : struct, ILanes<V> => a * b;
}

/// <summary>A constant multiple.</summary>
internal readonly struct Multiple(float factor) : IUnaryFormula
{
    public V Of<V>(V x) where V : struct, ILanes<V> => factor * x;
}

/// <summary>A linear combination of two matrices.</summary>
internal readonly struct Combination(float a, float b) : IBinaryFormula
{
    public V Of<V>(V x, V y) where V : struct, ILanes<V> => a * x + b * y;
}
