namespace Nabla;

/// <summary>
/// What an operation keeps from one call to the next: what its backward pass needs from the forward pass, and scratch
/// buffers. Only the operation knows what is in it; a layer gets it from its pass and hands it on.
/// </summary>
/// <remarks>
/// A matrix is allocated when it is first used and when it has to grow, so a training step and a repeated prediction
/// allocate nothing.
/// </remarks>
/// <param name="isTraining">Whether a backward pass may follow the forward pass.</param>
internal sealed class OperationMemory(bool isTraining)
{
    private readonly List<(string Name, Matrix Matrix)> matrices = [];

    /// <summary>Whether a backward pass may follow. If not, nothing has to be remembered for it.</summary>
    public bool IsTraining { get; } = isTraining;

    /// <summary>
    /// Returns the matrix of this name. It holds what was last written there; where it is new, or had to grow, it is 0.
    /// </summary>
    /// <exception cref="OverflowException">It would have more elements than an array can hold.</exception>
    public Matrix Matrix(string name, int rows, int columns)
    {
        var m = 0;
        while (m < matrices.Count && matrices[m].Name != name)      // a short list: quicker than a dictionary
            m++;
        if (m == matrices.Count)
            matrices.Add((name, default));
        var kept = matrices[m].Matrix;
        if (kept.Rows * kept.Columns < checked(rows * columns))
            matrices[m] = (name, kept = new Matrix(rows, columns));
        return kept.Part(0, rows, columns);
    }
}
