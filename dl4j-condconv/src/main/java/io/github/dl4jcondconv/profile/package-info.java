/** Parameters, multiply-adds and activation sizes of any ComputationGraph, by layer and in total. */
package io.github.dl4jcondconv.profile;
