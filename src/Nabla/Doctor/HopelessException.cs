namespace Nabla.Doctor;

/// <summary>
/// The training cannot recover, though all its values are finite: every unit of a layer is dead, or saturated without a
/// gradient, in batch after batch. The weights are those after the last step.
/// </summary>
public sealed class HopelessException : Exception
{
    internal HopelessException(Finding finding) : base($"The training cannot recover. {finding}") => Finding = finding;

    /// <summary>What was found, with its evidence and what to try.</summary>
    public Finding Finding { get; }
}
