namespace Nabla.Training;

/// <summary>The mean cost of an epoch: each batch counts by its examples.</summary>
internal struct RunningMean
{
    private double sum;
    private int count;

    /// <summary>The mean so far.</summary>
    public readonly double Value => sum / count;

    /// <summary>Adds the mean of some examples.</summary>
    public void Add(double mean, int examples)
    {
        sum += mean * examples;
        count += examples;
    }
}
