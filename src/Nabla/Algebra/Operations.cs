using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>a + b, element by element: for <see cref="Matrix.Set{TMap}(Matrix, Matrix, TMap)"/>.</summary>
internal readonly struct Plus : IMap2
{
    public V Of<V>(V a, V b) where V : struct, ILanes<V> => a + b;
}

/// <summary>a · b, element by element.</summary>
internal readonly struct Times : IMap2
{
    public V Of<V>(V a, V b) where V : struct, ILanes<V> => a * b;
}
