namespace Nabla.Training;

/// <summary>The cost has become larger than a float32 can be, or no number at all: the training cannot go on. The weights are those before the step.</summary>
public sealed class DivergedException : Exception
{
    /// <summary>Says where it happened, and what to try.</summary>
    public DivergedException(int epoch, int step, double cost)
        : base($"The cost is {(double.IsNaN(cost) ? "not a number (NaN)" : "beyond the range of float32")} in epoch {epoch}, step {step}; " +
               "the weights were left as they were before it. Try a learning rate ten times smaller, and check that the inputs are scaled.")
    {
        Epoch = epoch;
        Step = step;
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step within the epoch, from 1.</summary>
    public int Step { get; }
}
