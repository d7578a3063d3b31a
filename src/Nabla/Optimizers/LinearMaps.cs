using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>A constant multiple.</summary>
internal readonly struct Multiple(float factor) : IMap
{
    public V Of<V>(V x) where V : struct, ILanes<V> => factor * x;
}

/// <summary>A linear combination of two numbers.</summary>
internal readonly struct Combination(float a, float b) : IMap2
{
    public V Of<V>(V x, V y) where V : struct, ILanes<V> => a * x + b * y;
}
