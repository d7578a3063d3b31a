using Nabla.Data;

namespace Nabla.Cli;

/// <summary>The data of a training.</summary>
/// <param name="All">All examples that are not for the test.</param>
/// <param name="Train">Those to train with.</param>
/// <param name="Validation">Those set aside to choose the best epoch; null if there are none.</param>
/// <param name="Test">Those to test with.</param>
internal sealed record TrainData(Dataset All, Dataset Train, Dataset? Validation, Dataset Test)
{
    /// <summary>Reads and splits the data, which takes a while.</summary>
    /// <exception cref="FormatException">The share for validation is less than 0, or is 1 or more.</exception>
    public static TrainData Load(TrainRequest request, CancellationToken cancel)
    {
        var share = request.Validation;
        if (share is not (>= 0 and < 1))
            throw new FormatException(
                $"--validation is {share}, but a share of the data is expected: at least 0 and less than 1, as in " +
                "0.1.");
        var (all, test) = DataSource.Open(request.Data, new() { Folder = request.DataFolder }, cancel);
        var (validation, train) = share == 0
            ? (null, all)
            // The same cut for every seed, so that runs compare
            : all.Split(share, seed: 0, stratified: all.HasClasses);
        // Which checkpoints need: now, while code is being compiled anyway
        train.Fingerprint();
        validation?.Fingerprint();
        return new(all, train, validation, test);
    }
}
