namespace Nabla.Cli;

/// <summary>Finds the file of the argument MODEL.</summary>
internal static class ModelFile
{
    /// <summary>Returns the path itself, or the best model of a run if the path is the run's folder.</summary>
    /// <exception cref="InvalidDataException">It is a folder, but not of a run.</exception>
    public static string Find(string path)
    {
        if (!Directory.Exists(path))
            return path;
        var best = Path.Combine(path, "best.safetensors");
        return File.Exists(best) ? best : throw new InvalidDataException(
            $"{path} is a folder without a best.safetensors. Give a model file, or the folder of a run that 'train' " +
            "has made.");
    }
}
