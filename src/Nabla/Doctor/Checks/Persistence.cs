namespace Nabla.Doctor;

/// <summary>
/// Counts how often in a row something was seen, for each layer, class or parameter: what is seen once may be chance.
/// </summary>
internal sealed class Persistence(int count) : IStateful
{
    private readonly int[] times = new int[count];

    /// <summary>Counts one look at a layer, and returns how many looks in a row have seen it.</summary>
    public int Count(int layer, bool seen) => times[layer] = seen ? times[layer] + 1 : 0;

    /// <inheritdoc/>
    public void Visit(StateVisitor state) => state.Visit("times", times);
}
