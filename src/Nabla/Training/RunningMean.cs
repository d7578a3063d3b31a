namespace Nabla;

/// <summary>The mean cost of an epoch, where each batch is weighted by the weight of its examples.</summary>
internal struct RunningMean
{
    private double sum;
    private double weight;

    /// <summary>The mean so far.</summary>
    public readonly double Value => sum / weight;

    /// <summary>Adds the mean cost of some examples with their total weight:
    /// their number, unless classes have weights.</summary>
    public void Add(double mean, double weight)
    {
        sum += mean * weight;
        this.weight += weight;
    }

    /// <summary>Visits the state.</summary>
    public void Visit(StateVisitor state)
    {
        state.Visit("cost-sum", ref sum);
        state.Visit("cost-weight", ref weight);
    }
}
