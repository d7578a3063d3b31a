namespace Nabla;

/// <summary>The mean cost of an epoch: each batch counts by the weight of its examples.</summary>
internal struct RunningMean
{
    private double sum;
    private double weight;

    /// <summary>The mean so far.</summary>
    public readonly double Value => sum / weight;

    /// <summary>Adds the mean of some examples, which weigh so much together: as many as they are, unless classes have weights.</summary>
    public void Add(double mean, double weight)
    {
        sum += mean * weight;
        this.weight += weight;
    }

    /// <summary>Shows what it remembers.</summary>
    public void Visit(StateVisitor state)
    {
        state.Visit("cost-sum", ref sum);
        state.Visit("cost-weight", ref weight);
    }
}
