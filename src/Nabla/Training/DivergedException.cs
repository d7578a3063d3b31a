namespace Nabla;

/// <summary>
/// The cost or its gradient is not a number to train with, so the training cannot go on. The weights are those before
/// the step.
/// </summary>
/// <remarks>
/// The running statistics of a batch normalisation move during the forward pass, so they have moved with this batch
/// already, except in channels where the result would not be finite. A checkpoint that was taken earlier has them as
/// they were. If an observer explains where it began, its error is the inner exception.
/// </remarks>
public sealed class DivergedException : Exception
{
    /// <summary>The trainer found it. Where it came from is left out if an observer explains it.</summary>
    internal DivergedException(string problem, string origin, ObserverList? observers)
        : this(problem + (observers?.End is null ? origin : ""), observers?.Position, observers?.End)
    {
    }

    /// <summary>The trainer or an observer found it.</summary>
    internal DivergedException(string problem, (int Epoch, int Step)? position, TrainingEnd? explanation) : base(
        $"{problem}{(position is var (epoch, step) ? $" in epoch {epoch}, step {step}" : "")}; " +
        "the weights were left as they were before it. " +
        "Try a learning rate ten times smaller, and check that the inputs are scaled." +
        (explanation is null ? "" : $" {explanation.Reason}"), explanation?.Error)
    {
        Epoch = position?.Epoch;
        Step = position?.Step;
    }

    /// <summary>The epoch, from 1; null in a loop of your own.</summary>
    public int? Epoch { get; }

    /// <summary>The step within the epoch, from 1; null in a loop of your own.</summary>
    public int? Step { get; }
}
