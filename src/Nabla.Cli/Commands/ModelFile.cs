namespace Nabla.Cli;

/// <summary>The file that was meant with MODEL.</summary>
internal static class ModelFile
{
    /// <summary>The path itself; of the folder of a run, its best model.</summary>
    /// <exception cref="InvalidDataException">It is a folder, but no run's.</exception>
    public static string Find(string path)
    {
        if (!Directory.Exists(path))
            return path;
        var best = Path.Combine(path, "best.safetensors");
        return File.Exists(best) ? best : throw new InvalidDataException(
            $"{path} is a folder without a best.safetensors. Give a model file, or the folder of a run that 'train' has saved.");
    }
}
