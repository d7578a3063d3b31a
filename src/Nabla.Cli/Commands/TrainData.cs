using Nabla.Data;

namespace Nabla.Cli;

/// <summary>The data of a training: all that was read, what of it is trained with, what is kept apart to choose the best epoch by, if anything, and what to test with.</summary>
internal sealed record TrainData(Dataset All, Dataset Train, Dataset? Validation, Dataset Test)
{
    /// <summary>Opens the data and makes it ready, which takes a while.</summary>
    /// <exception cref="FormatException">The share for validation is less than 0, or is 1 or more.</exception>
    public static TrainData Load(TrainRequest request, CancellationToken cancel)
    {
        var share = request.Validation;
        if (share is not (>= 0 and < 1))
            throw new FormatException($"--validation is {share}, but a share of the data is expected: at least 0 and less than 1, as in 0.1.");
        var (all, test) = DataSource.Open(request.Data, new() { Folder = request.DataFolder }, cancel);
        var (validation, train) = share == 0 ? (null, all) : all.Split(share, seed: 0, stratified: all.HasClasses);     // the same cut for every seed, so that runs can be compared
        train.Fingerprint();                            // which checkpoints need: better now, while other code is being compiled, than during the training
        validation?.Fingerprint();
        return new(all, train, validation, test);
    }
}
