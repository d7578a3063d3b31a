namespace Nabla.Data;

/// <summary>What can be wrong with data as a whole, though each example is right.</summary>
internal static class TrainingDataCheck
{
    /// <summary>Finds what makes learning impossible, and what makes it doubtful.</summary>
    /// <param name="train">The data to train with.</param>
    /// <param name="test">The data to test with.</param>
    /// <returns>A sentence for each class that cannot be learned, or that nobody tests.</returns>
    /// <exception cref="InvalidDataException">There is nothing to tell apart: all images are blank, or all examples are of one class.</exception>
    public static IReadOnlyList<string> Check(Dataset train, Dataset test)
    {
        if (train.ImageSize is { } size && AllBlank(train))
            throw new InvalidDataException(
                $"{train.Name}: all {train.Count} images of {size} are 0 everywhere, so there is nothing to learn from. Were they written wrongly? Fetch or convert them again.");
        if (!train.HasClasses)
            return [];
        int[] toTrain = Examples(train), toTest = Examples(test);
        if (toTrain.Count(count => count > 0) == 1 && train.Classes.Count > 1)
            throw new InvalidDataException(
                $"{train.Name}: all {train.Count} examples are of the class '{train.Classes[Array.FindIndex(toTrain, count => count > 0)]}', but examples of at least two classes are needed to tell them apart. Check the labels.");
        return [.. Enumerable.Range(0, train.Classes.Count)
            .Where(c => toTrain[c] == 0 && toTest[c] > 0)
            .Select(c => $"{train.Name} has no example of the class '{train.Classes[c]}', but {test.Name} has {toTest[c]}: the network cannot learn it.")];
    }

    private static bool AllBlank(Dataset data)
    {
        for (var i = 0; i < data.Count; i++)
            if (data.Image(i).ContainsAnyExcept((byte)0))
                return false;
        return true;
    }

    private static int[] Examples(Dataset data)
    {
        var count = new int[data.Classes.Count];
        for (var i = 0; i < data.Count; i++)
            count[data.Label(i)]++;
        return count;
    }
}
